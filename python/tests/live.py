"""The package against a real server. It needs `hutch` on the PATH, logged in, and an empty working folder.

    PYTHONPATH=python/src python3 python/tests/live.py
"""

import hashlib
import json
import os
import pickle
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
from pathlib import Path
from unittest import mock

import fsspec
import h5py
import numpy
import pandas
import pycbf

import hutch
from hutch import _optional, _profile

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY / "tests" / "data"
SIZES = (0, 1, 511, 512, 513, 65_537, 1_000_003, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1)


def command(*arguments):
    return subprocess.run(("hutch", *arguments), check=True, capture_output=True, text=True).stdout


def some_bytes(size, seed=0):
    return random.Random(size * 31 + seed).randbytes(size)


def tree(folder):
    """Kinds, bits and contents of all that a folder holds."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.split("/")[0] == ".hutch":
            continue
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_dir():
            found[name] = "folder" if any(path.iterdir()) else "empty folder"
        else:
            found[name] = (path.stat().st_mode & 0o100, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
    return found


class Relay:
    """Passes connections on to the server, and breaks one each time that so many bytes have passed."""

    def __init__(self, remote, break_after):
        host, port = remote.rsplit("/", 1)[1].split(":")
        self.target, self.left, self.every, self.breaks = (host, int(port)), break_after, break_after, 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self.copy, args=(source, target), daemon=True).start()

    def copy(self, source, target):
        try:
            for piece in iter(lambda: source.recv(16 * 1024), b""):
                with self.lock:
                    self.left -= len(piece)
                    is_broken = self.left < 0
                    if is_broken:
                        self.left, self.breaks = self.every, self.breaks + 1
                if is_broken:
                    break
                target.sendall(piece)
        except OSError:
            pass  # the other direction was broken
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already
            end.close()


def setUpModule():
    """Series of each codec: `lysozyme` is closed, the others are open."""
    command("simulate", "dataset", "sim", "--detector", "small", "--images", "20")
    command("ingest", "sim_master.h5", "lysozyme")
    command("close", "lysozyme", "-m", "as measured")
    command("ingest", str(DATA / "synthetic" / "synth_master.h5"), "synthetic")
    command("ingest", str(DATA / "dxtbx" / "omega_scan.cbf"), "pilatus")
    for codec in ("gzip", "lz4", "none"):
        command("simulate", "dataset", codec, "--detector", "tiny", "--images", "3", "--bits", "32", "--compression", codec)
        command("ingest", f"{codec}_master.h5", f"of-{codec}")


class Live(unittest.TestCase):
    def name(self):
        return re.sub(r"[^a-z0-9]+", "-", self.id().rsplit(".", 1)[1].lower())[:50].strip("-")

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Path(folder.name)

    def relay(self, break_after):
        relay = Relay(hutch.connect().remote, break_after)
        self.addCleanup(relay.listener.close)
        client = hutch.connect(relay.url, _profile.find(None, None).token.reveal())
        return relay, client


class Datasets(Live):
    def test_entries_are_written_read_and_removed(self):
        ds = hutch.create(self.name(), title="Größe <b>&</b> 名前")
        for size in SIZES:
            ds.write(f"größe/名前 {size} %2F?#.bin", some_bytes(size))
        self.assertEqual(len(SIZES), len(ds))
        self.assertEqual(sorted(ds, key=str.encode), list(ds))
        for size in SIZES:
            entry = ds[f"größe/名前 {size} %2F?#.bin"]
            data = some_bytes(size)
            self.assertEqual((size, hashlib.sha256(data).hexdigest()), (entry.size, entry.sha256))
            self.assertEqual(data, entry.read_bytes())
            with entry.open() as file:
                self.assertEqual(data, file.read())
                file.seek(size // 2)
                self.assertEqual(data[size // 2 :][:1000], file.read(1000))
        self.assertEqual([f"größe/名前 {size} %2F?#.bin" for size in (1, 1_000_003)], [e.path for e in ds.entries.glob("größe/名前 1*.bin") if e.size in (1, 1_000_003)])
        self.assertEqual(len(SIZES), len(list(ds.entries.below("größe"))))
        ds.write("note.txt", "Grüße\nzwei")
        self.assertEqual("Grüße\nzwei", ds["note.txt"].read_text())
        with ds["note.txt"].open("r") as file:
            self.assertEqual(["Grüße\n", "zwei"], list(file))
        ds.remove("note.txt")
        self.assertNotIn("note.txt", ds)
        with self.assertRaises(KeyError):
            ds["note.txt"]
        self.assertEqual(dict(ds.entries.items()).keys(), set(ds))

    def test_a_name_in_another_form_of_Unicode_is_the_same_entry(self):
        ds = hutch.create(self.name())
        ds.write("u\u0308.txt", b"x")
        self.assertEqual(["\u00fc.txt"], list(ds))
        self.assertEqual(b"x", ds["u\u0308.txt"].read_bytes())

    def test_metadata_title_versions_and_tags(self):
        ds = hutch.create(self.name(), metadata={"sample": "lysozyme"})
        ds.metadata["energy"] = {"value": 12.7, "unit": "keV"}
        hutch.open(ds.name).metadata.update(operator="ada", shift=3)
        del ds.metadata["shift"]
        self.assertEqual({"sample": "lysozyme", "energy": {"value": 12.7, "unit": "keV"}, "operator": "ada"}, ds.metadata.to_dict())
        self.assertEqual(["energy", "operator", "sample"], sorted(ds.metadata))
        with self.assertRaises(KeyError):
            ds.metadata["shift"]
        ds.title = "A title"
        ds.write("a", b"one")
        first = ds.snapshot("the first")
        ds.write("a", b"two")
        ds.tag("second")
        self.assertEqual((1, 2), (first.version, hutch.open(f"{ds.name}@second").version))
        self.assertEqual((b"one", b"two"), (hutch.open(f"{ds.name}@1")["a"].read_bytes(), ds["a"].read_bytes()))
        self.assertEqual([2, 1], [version["number"] for version in ds.versions()])
        self.assertEqual("A title", hutch.open(ds.id).title)
        self.assertEqual(ds, hutch.open(ds.url))
        self.assertEqual(first, hutch.open(first.url))
        self.assertEqual(first, pickle.loads(pickle.dumps(first)))

    def test_a_closed_dataset_is_derived_from_and_never_changes(self):
        ds = hutch.create(self.name())
        ds.write("a", b"one")
        self.assertEqual("closed", ds.close("done").state)
        with self.assertRaises(hutch.ClosedError) as caught:
            ds.write("b", b"two")
        self.assertEqual("dataset-closed", caught.exception.code)
        child = ds.derive(self.name() + "-child", copy=True)
        self.assertEqual(([ds.name], b"one"), (child.parents, child["a"].read_bytes()))

    def test_lists_searches_and_their_displays(self):
        ds = hutch.create(self.name(), title="unmistakable zirconium <script>")
        self.assertIn(ds, list(hutch.list(owner=ds.owner)))
        deadline = time.monotonic() + 60
        while ds not in list(hutch.search("zirconium")) and time.monotonic() < deadline:
            time.sleep(0.1)  # the index follows a moment later
        self.assertEqual([ds], list(hutch.search("zirconium")))
        for html in (ds._repr_html_(), hutch.search("zirconium")._repr_html_()):
            self.assertIn("zirconium &lt;script&gt;", html)
            self.assertNotIn("<script", html)
        self.assertIn(ds.name, repr(hutch.search("zirconium")))

    def test_problems_are_exceptions_with_the_sentences_of_the_server(self):
        with self.assertRaises(FileNotFoundError) as caught:
            hutch.open("nobody/has-this")
        self.assertIn("nobody/has-this", str(caught.exception))
        with self.assertRaises(hutch.UnauthenticatedError) as caught:
            hutch.connect(hutch.connect().remote, "hutch_wrong").whoami()
        self.assertNotIn("hutch_wrong", str(caught.exception))
        with self.assertRaises(hutch.InvalidRequestError):
            hutch.create("Not A Name")

    def test_a_share_link_opens_its_dataset(self):
        ds = hutch.create(self.name())
        ds.write("a", b"shared")
        link = ds.transport.json("POST", f"datasets/{ds.id}/links", body={"right": "read"})
        self.assertEqual(b"shared", hutch.open(link["url"])["a"].read_bytes())


class Transfers(Live):
    def make(self):
        folder = self.folder()
        for number, size in enumerate(SIZES):
            (folder / f"raw {number}").mkdir()
            (folder / f"raw {number}" / f"größe {size}.bin").write_bytes(some_bytes(size))
        (folder / "many").mkdir()
        for number in range(300):
            (folder / "many" / f"{number:04}").write_bytes(some_bytes(number, 7))
        (folder / "empty" / "folder").mkdir(parents=True)
        (folder / "run.sh").write_text("#!/bin/sh\n")
        (folder / "run.sh").chmod(0o755)
        (folder / "latest").symlink_to("raw 3")
        (folder / "nowhere").symlink_to("../../outside")
        return folder

    def test_a_folder_comes_back_as_it_was_also_by_the_command(self):
        folder = self.make()
        report = hutch.push(folder, self.name(), message="all")
        self.assertEqual((1, report.version), (report.version, report.dataset.info["snapshots"]))
        self.assertEqual(len(SIZES) + 300 + 1 + 1 + 2, report.added)
        again = hutch.push(folder, self.name())
        self.assertEqual((1, 0, 0, 0, 0), (again.version, again.added, again.changed, again.removed, again.uploaded_files))
        mine, cloned = self.folder(), self.folder() / "clone"
        self.assertEqual(report.added, len(report.dataset.download(mine)))
        self.assertEqual(tree(folder), tree(mine))
        self.assertEqual([], report.dataset.download(mine))
        command("clone", report.dataset.name, str(cloned))
        self.assertEqual(tree(folder), tree(cloned))
        self.assertEqual("all", report.dataset.versions()[0]["message"])

    def test_changes_are_pushed_and_nothing_is_removed_unasked(self):
        folder = self.make()
        ds = hutch.push(folder, self.name()).dataset
        (folder / "run.sh").unlink()
        (folder / "many" / "0001").write_bytes(b"changed")
        (folder / "copy").write_bytes(some_bytes(8 * 1024 * 1024 + 1))
        report = ds.push(folder)
        self.assertEqual((2, 1, 1, 0, 1), (report.version, report.added, report.changed, report.removed, report.uploaded_files))
        self.assertIn("run.sh", ds)
        report = ds.push(folder, delete=True, exclude=["copy"])
        self.assertEqual((3, 2), (report.version, report.removed))
        self.assertNotIn("run.sh", ds)

    def test_a_file_of_the_reader_is_never_replaced_unasked(self):
        ds = hutch.create(self.name())
        ds.write("a/b", b"theirs")
        target = self.folder()
        (target / "a").mkdir()
        (target / "a" / "b").write_bytes(b"mine")
        with self.assertRaises(hutch.ConflictError):
            ds.download(target)
        self.assertEqual(b"mine", (target / "a" / "b").read_bytes())
        self.assertEqual(["a/b"], ds.download(target, overwrite=True))
        (target / "a" / "b").unlink()
        (target / "a").rmdir()
        outside = self.folder()
        (target / "a").symlink_to(outside)
        with self.assertRaises(hutch.ConflictError):
            ds.download(target, overwrite=True)
        self.assertEqual([], list(outside.iterdir()))

    def test_what_only_the_command_can_push_is_refused(self):
        folder = self.folder()
        (folder / ".hutchignore").write_text("*.tmp\n")
        with self.assertRaises(hutch.InvalidRequestError):
            hutch.push(folder, self.name())
        self.assertEqual(0, hutch.push(folder, self.name(), exclude=[".hutchignore"]).added)

    def test_broken_connections_are_survived(self):
        folder = self.folder()
        for number in range(4):
            (folder / f"large {number}").write_bytes(some_bytes(9_000_000 + number))
        for number in range(100):
            (folder / f"small {number}").write_bytes(some_bytes(20_000 + number))
        relay, client = self.relay(break_after=5_000_011)
        report = client.push(folder, self.name())
        self.assertGreater(relay.breaks, 3)
        self.assertEqual((1, 104), (report.version, report.added))
        target = self.folder()
        report.dataset.download(target)
        self.assertEqual(tree(folder), tree(target))

    def test_an_interrupted_push_does_not_send_again_what_arrived(self):
        folder = self.folder()
        for number in range(3):
            (folder / f"large {number}").write_bytes(some_bytes(9_000_000 + number, 5))
        with mock.patch("hutch._push._commit", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            hutch.push(folder, self.name())
        report = hutch.push(folder, self.name())
        self.assertEqual((3, 0), (report.added, report.uploaded_files))

    def test_a_commit_whose_answer_was_lost_is_recognised(self):
        folder = self.folder()
        (folder / "a").write_bytes(b"one")
        ds = hutch.create(self.name())
        send = type(ds.transport).send
        lost = []

        def losing(self, method, path, *arguments, **options):
            response = send(self, method, path, *arguments, **options)
            if path.endswith("/commit") and not lost:
                lost.append(path)
                response.close()
                raise hutch.UnreachableError("The answer was lost.")
            return response

        with mock.patch.object(type(ds.transport), "send", losing):
            report = ds.push(folder)
        self.assertEqual((1, 1, 1), (len(lost), report.version, len(ds.versions())))


class Arrays(Live):
    def expect(self, name):
        with h5py.File(f"{name}_master.h5") as master:
            return numpy.concatenate([master[f"entry/data/{key}"][()] for key in master["entry/data"] if key.startswith("data_")])

    def test_frames_are_those_of_the_file(self):
        expected, frames = self.expect("sim"), hutch.open("lysozyme").frames
        self.assertEqual((expected.shape, "uint16", 20), (frames.shape, frames.dtype, len(frames)))
        self.assertEqual(tuple(range(1, 21)), frames.numbers)
        for index in (0, -1, slice(10, 20), slice(None, None, 7), (3, slice(10, 20)), (slice(2, 5), slice(None), slice(0, 9, 2)), slice(5, 5)):
            with self.subTest(index=index):
                self.assertTrue(numpy.array_equal(expected[index], frames[index]))
        self.assertTrue(numpy.array_equal(expected[6], frames.by_number(7)))
        self.assertTrue(all(numpy.array_equal(a, b) for a, b in zip(expected, frames)))
        self.assertTrue(numpy.array_equal(expected, numpy.asarray(frames)))
        self.assertEqual((129, 125), frames.binned(0, 4).shape)
        with self.assertRaises(IndexError):
            frames[20]
        with self.assertRaises(KeyError):
            frames.by_number(21)

    def test_frames_of_every_codec_are_read_with_and_without_numpy(self):
        image = pycbf.cbf_handle_struct()
        image.read_widefile(str(DATA / "dxtbx" / "omega_scan.cbf").encode(), pycbf.MSG_DIGEST)
        image.select_datablock(0)
        image.find_category(b"array_data")
        image.find_column(b"data")
        pilatus = numpy.frombuffer(image.get_integerarray_as_string(), "<i4").reshape(1, 619, 487)
        with h5py.File(DATA / "synthetic" / "synth_master.h5") as master:
            synthetic = numpy.concatenate([master[f"entry/data/{key}"][()] for key in sorted(master["entry/data"])])
        cases = {"pilatus": pilatus, "synthetic": synthetic, **{f"of-{codec}": self.expect(codec) for codec in ("gzip", "lz4", "none")}}
        for name, expected in cases.items():
            with self.subTest(name):
                self.assertTrue(numpy.array_equal(expected, hutch.open(name).frames[:]))
                with mock.patch.object(_optional, "numpy", None):
                    raw = hutch.open(name).frames[0:1]
                self.assertEqual((expected[:1].shape, expected.dtype.name), (raw.shape, raw.dtype))
                self.assertEqual(expected[:1].tobytes(), raw.data)

    def test_frames_of_a_series_that_grows_are_seen(self):
        source, growing = hutch.open("lysozyme"), hutch.create(self.name())
        growing.write("header", source["header"].read_bytes())
        expected = self.expect("sim")
        for number in range(3):
            growing.write(f"{number + 1:06}", source[f"{number + 1:06}"].read_bytes(), "application/x-hutch-frame")
            self.assertTrue(numpy.array_equal(expected[: number + 1], growing.frames[:]))

    def test_a_damaged_frame_is_an_error_that_names_it(self):
        source, ds = hutch.open("lysozyme"), hutch.create(self.name())
        ds.write("header", source["header"].read_bytes())
        ds.write("000001", source["000001"].read_bytes()[:-100])
        with self.assertRaisesRegex(hutch.IntegrityError, "frame 000001"):
            ds.frames[0]

    def test_broken_connections_during_frames_are_survived(self):
        relay, client = self.relay(break_after=400_003)
        self.assertTrue(numpy.array_equal(self.expect("sim"), client.open("lysozyme").frames[:]))
        self.assertGreater(relay.breaks, 1)

    def test_arrays_of_files_are_indexed_on_the_server(self):
        cube = numpy.arange(7 * 50 * 30).reshape(7, 50, 30)
        with h5py.File("scan.h5", "w") as file:
            chunked = file.create_dataset("entry/data", data=cube.astype(">i4"), chunks=(2, 20, 30), compression="gzip", shuffle=True)
            chunked.attrs["units"] = "counts"
            file["point"] = 2.5
        numpy.save("cube.npy", cube.astype("<f4"))
        folder = self.folder()
        for name in ("scan.h5", "cube.npy"):
            (folder / name).write_bytes(Path(name).read_bytes())
        ds = hutch.push(folder, self.name()).dataset
        for array in (ds["scan.h5"].array("entry/data"), ds["cube.npy"].array()):
            self.assertEqual(cube.shape, array.shape)
            for index in (..., 3, -1, (2, 3, 4), slice(1, 6, 2), (slice(None), 10, slice(5, 20)), slice(4, 4)):
                with self.subTest(array=repr(array), index=index):
                    self.assertTrue(numpy.array_equal(cube[index], array[index]))
        self.assertEqual("counts", ds["scan.h5"].array("entry/data").attributes["units"])
        self.assertEqual(2.5, ds["scan.h5"].array("point")[()])
        with mock.patch.object(_optional, "numpy", None):
            raw = ds["cube.npy"].array()[2, 3:5]
        self.assertEqual(((2, 30), cube[2, 3:5].astype("<f4").tobytes()), (raw.shape, raw.data))
        with h5py.File(ds["scan.h5"].open()) as file:
            self.assertTrue(numpy.array_equal(cube, file["entry/data"][()]))

    def test_a_closed_series_is_a_NeXus_file_too(self):
        expected = self.expect("sim")
        entry = hutch.open("lysozyme")[".hutch/virtual/lysozyme.nxs"]
        self.assertTrue(numpy.array_equal(expected[3:5, ::4], entry.array("entry/data/data")[3:5, ::4]))
        with h5py.File(entry.open()) as file:
            self.assertEqual(expected.shape, file["entry/data/data"].shape)
            self.assertEqual(hutch.open("lysozyme")["000001"].read_bytes(), file["entry/data/data"].id.read_direct_chunk((0, 0, 0))[1])

    def test_fsspec_reads_lists_and_writes(self):
        ds = hutch.create(self.name())
        with fsspec.open(f"hutch://{ds.name}/tables/größe.csv", "w") as file:
            file.write("a,b\n1,2\n3,4\n")
        self.assertEqual([[1, 2], [3, 4]], pandas.read_csv(f"hutch://{ds.name}/tables/größe.csv").values.tolist())
        pandas.DataFrame({"x": [1.5]}).to_csv(f"hutch://{ds.name}/out.csv", index=False)
        self.assertEqual("x\n1.5\n", ds["out.csv"].read_text())
        with fsspec.open(f"hutch://{ds.name}/scan.h5", "wb") as file, h5py.File(file, "w") as made:
            made["x"] = numpy.arange(1000)
        with fsspec.open(f"hutch://{ds.name}/scan.h5") as file, h5py.File(file) as read:
            self.assertEqual(499_500, read["x"][()].sum())
        fs = pickle.loads(pickle.dumps(fsspec.filesystem("hutch")))
        self.assertEqual([f"{ds.name}/{name}" for name in ("out.csv", "scan.h5", "tables")], fs.ls(ds.name, detail=False))
        self.assertEqual([f"{ds.name}/tables/größe.csv"], fs.glob(f"hutch://{ds.name}/**.csv")[1:])
        self.assertEqual(("directory", "file"), (fs.info(f"{ds.name}/tables")["type"], fs.info(f"{ds.name}/out.csv")["type"]))
        self.assertEqual((b"1.5", b"x\n1.5\n"), (fs.cat_file(f"{ds.name}/out.csv", 2, 5), fs.cat(f"{ds.name}/out.csv")))
        self.assertIn(ds.name, fs.ls(ds.owner, detail=False))
        fs.rm(f"{ds.name}/out.csv")
        self.assertFalse(fs.exists(f"hutch://{ds.name}/out.csv"))
        with self.assertRaises(FileNotFoundError):
            fs.open(f"{ds.name}/out.csv")
        with self.assertRaises(RuntimeError), fs.open(f"{ds.name}/half", "wb") as file:
            file.write(b"half")
            raise RuntimeError("the program failed")
        self.assertNotIn("half", ds)

    def test_rows_arrive_while_a_run_follows_a_growing_series(self):
        source, growing = hutch.open("lysozyme"), hutch.create(self.name())
        growing.write("header", source["header"].read_bytes())
        for path in ("header.d/pixel_mask.npy", "header.d/flatfield.npy"):
            growing.write(path, source[path].read_bytes())
        run = growing.analyse("spots")
        rows = []
        for number in (1, 2, 3):
            growing.write(f"{number:06}", source[f"{number:06}"].read_bytes(), "application/x-hutch-frame")
            if not rows:
                stream = iter(run)
            rows.append(next(stream))
            self.assertEqual((number, "running"), (rows[-1]["file-number"], run.refresh().state))
        growing.close()
        self.assertEqual([], list(stream))
        self.assertEqual(("done", 3), (run.wait(timeout=60).state, run.refresh().frames))
        self.assertEqual(rows, run.rows().to_list())
        self.assertEqual([1, 2, 3], run.output.rows().to_pandas()["file-number"].tolist())
        with self.assertRaises(hutch.RunFailedError):
            stopped = source.analyse("spots", again=True, output=self.name() + "-bad", minSpotSize=3)
            stopped.stop()
            stopped.info = {**stopped.info, "outputs": [run.output.id]}
            stopped.wait(timeout=60)

    def test_a_notebook_shows_the_thumbnail(self):
        html = hutch.open("lysozyme")._repr_html_()
        self.assertRegex(html, r'src="data:image/(png|webp);base64,[A-Za-z0-9+/]{100,}')
        self.assertIn("000001", html)


class Guide(Live):
    """The code of docs/python.md, as a reader runs it."""

    def blocks(self):
        text = (REPOSITORY / "docs" / "python.md").read_text()
        owner = hutch.connect().whoami()
        return [block.replace("ada/", f"{owner}/") for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]

    def test_its_session_and_its_first_picture_work(self):
        shown = []
        pyplot = types.ModuleType("matplotlib.pyplot")
        pyplot.imshow = lambda image, **_: shown.append(image)
        pyplot.show = lambda: None
        package = types.ModuleType("matplotlib")
        package.pyplot = pyplot
        picture, session, *_ = self.blocks()
        with mock.patch.dict(sys.modules, {"matplotlib": package, "matplotlib.pyplot": pyplot}):
            exec(picture, {})
        self.assertEqual((129, 125), shown[0].shape)
        names = {}
        exec(session, names)
        self.assertEqual((516, 500), names["brightest"].shape)
        self.assertEqual(20, len(names["table"]))
        self.assertEqual("closed", names["work"].refresh().state)
        self.assertEqual(10, len([line for line in session.splitlines() if line.strip()]))


class Installed(Live):
    def test_the_wheel_is_installed_by_pip_without_a_network(self):
        folder = self.folder()
        subprocess.run([sys.executable, REPOSITORY / "python" / "build_wheel.py", folder], check=True)
        (wheel,) = folder.glob("*.whl")
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        python = folder / "venv" / "bin" / "python"
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        install = ("-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel)
        subprocess.run([python, *install], check=True, env=environment)
        program = "import hutch, json; print(json.dumps([hutch.__version__, hutch.__file__, hutch.connect().whoami()]))"
        done = subprocess.run([python, "-c", program], check=True, env=environment, capture_output=True, text=True)
        version, file, user = json.loads(done.stdout)
        self.assertIn(f"hutch-{version}-", wheel.name)
        self.assertTrue(file.startswith(str(folder)))
        self.assertEqual(hutch.connect().whoami(), user)
        # The file system is found by its entry point, before the package is imported.
        program = "import fsspec; print(fsspec.get_filesystem_class('hutch').__module__)"
        path = f"{folder / 'venv' / 'lib' / f'python{sys.version_info[0]}.{sys.version_info[1]}' / 'site-packages'}"
        done = subprocess.run(
            [sys.executable, "-c", program], check=True, env={**environment, "PYTHONPATH": path}, capture_output=True, text=True
        )
        self.assertEqual("hutch.filesystem\n", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
