"""Pushes and downloads, also over connections that break, against a real server."""

import os
from pathlib import Path
from unittest import mock

import hutch
from live_support import SIZES, Live, command, some_bytes, tree


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

    def test_what_no_dataset_can_store_is_left_out_and_its_entry_kept(self):
        folder = self.folder()
        (folder / "a").write_text("1")
        (folder / "pipe").write_text("1")
        report = hutch.push(folder, self.name())
        (folder / "pipe").unlink()
        os.mkfifo(folder / "pipe")
        os.symlink(b"to\xff", folder / "link")
        Path(os.fsdecode(os.fsencode(folder) + b"/b\xe4d")).write_text("1")
        report = report.dataset.push(folder, delete=True)
        self.assertEqual((0, 0, 0), (report.added, report.changed, report.removed))
        self.assertEqual({"b\\xe4d", "link", "pipe"}, set(report.left_out))

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
