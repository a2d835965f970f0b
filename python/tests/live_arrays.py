"""Frames, arrays, fsspec and runs, against a real server."""

import pickle
from pathlib import Path
from unittest import mock

import fsspec
import h5py
import numpy
import pandas
import pycbf

import hutch
from hutch import _optional
from live_support import DATA, Live


class Arrays(Live):
    def expect(self, name):
        with h5py.File(f"{name}_master.h5") as master:
            return numpy.concatenate([master[f"entry/data/{key}"][()] for key in master["entry/data"] if key.startswith("data_")])

    def test_frames_are_those_of_the_file(self):
        expected, frames = self.expect("sim"), hutch.open("lysozyme").frames
        self.assertEqual((expected.shape, "uint16", 20), (frames.shape, frames.dtype, len(frames)))
        self.assertEqual(tuple(range(1, 21)), frames.numbers)
        parts = ((3, slice(10, 20)), (slice(2, 5), slice(None), slice(0, 9, 2)))
        for index in (0, -1, slice(10, 20), slice(None, None, 7), slice(5, 5), *parts):
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
        fs.cp_file(f"{ds.name}/out.csv", f"{ds.name}/copies/out.csv")  # M5
        fs.mv(f"{ds.name}/copies/out.csv", f"{ds.name}/moved.csv")
        self.assertEqual((b"x\n1.5\n", False), (fs.cat(f"{ds.name}/moved.csv"), fs.exists(f"{ds.name}/copies/out.csv")))
        fs.rm(f"{ds.name}/moved.csv")
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
        run = growing.analyse("spots", follow=True)
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

    def test_a_run_that_is_stopped_raises_after_its_last_row(self):
        source, growing = hutch.open("lysozyme"), hutch.create(self.name())
        for path in ("header", "header.d/pixel_mask.npy", "header.d/flatfield.npy", "000001"):
            growing.write(path, source[path].read_bytes(), source[path].content_type)
        run = growing.analyse("spots", follow=True)
        stream = iter(run)
        self.assertEqual(1, next(stream)["file-number"])
        with self.assertRaises(TimeoutError):
            run.wait(timeout=0)
        run.stop()
        self.assertEqual("cancelled", run.state)
        for ending in (lambda: next(stream), run.wait):
            with self.assertRaisesRegex(hutch.RunFailedError, "was cancelled"):
                ending()

    def test_a_notebook_shows_the_thumbnail(self):
        html = hutch.open("lysozyme")._repr_html_()
        self.assertRegex(html, r'src="data:image/(png|webp);base64,[A-Za-z0-9+/]{100,}')
        self.assertIn("000001", html)
