"""Datasets, entries, metadata, versions, lists and errors, against a real server."""

import hashlib
import pickle
import time
from concurrent import futures

import hutch
from live_support import SIZES, Live, some_bytes


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
        matching = [entry.size for entry in ds.entries.glob("größe/名前 1*.bin")]
        self.assertEqual([1, 1_000_003], matching)
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

    def test_concurrent_changes_of_the_metadata_are_all_kept_M4(self):
        ds = hutch.create(self.name())
        with futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda i: hutch.open(ds.name).metadata.update({f"key{i}": i}), range(40)))
        self.assertEqual({f"key{i}": i for i in range(40)}, ds.metadata.to_dict())

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
