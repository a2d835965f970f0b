"""Keys that are narrowed without a server, by the vectors that the tests of the server read, too."""

import json
import pickle
import unittest
from datetime import datetime, timezone
from pathlib import Path

from hutch import Key, _keys, _p256, _profile, errors

VECTORS = Path(__file__).parents[2] / "tests" / "data" / "narrowed-tokens" / "vectors.json"
ID = "0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11"
ZONE = "0123456789abcdef"
TOKEN = "fedcba9876543210"


class Vectors(unittest.TestCase):
    def setUp(self):
        self.vectors = json.loads(VECTORS.read_text("utf-8"))

    def test_right_keys_are_read(self):
        for vector in self.vectors["accepted"]:
            with self.subTest(vector["name"]):
                key = Key(vector["text"])
                self.assertEqual(vector["blocks"], [block.text() for block in key.blocks])
                self.assertEqual((vector["root"], vector["chain"]), (key.root_hash, key.chain_hash))
                self.assertEqual(vector["s3Secret"], key.s3_secret_key)
                self.assertEqual(vector["opensNothing"], "opens nothing" in key.explain())
                self.assertIn(vector["says"], key.explain())

    def test_changed_keys_and_other_forms_are_refused(self):
        for vector in self.vectors["refused"]:
            with self.subTest(vector["name"]), self.assertRaises(errors.InvalidRequestError) as caught:
                Key(vector["text"])
            self.assertNotIn(vector["text"][60:] or "?", str(caught.exception))


class Narrowing(unittest.TestCase):
    def setUp(self):
        self.key = Key.make(ZONE, TOKEN)

    def test_each_narrowing_adds_a_block(self):
        friday = datetime(2026, 12, 4, 18, tzinfo=timezone.utc)
        once = self.key.narrow(folder=f"{ID}/raw", until=friday)
        twice = once.narrow(folder=f"{ID}/raw/a", scopes="read", doors=["s3", "rest"])
        self.assertEqual([f"folder={ID}/raw\nuntil=1796407200"], [block.text() for block in once.blocks])
        self.assertEqual(f"doors=rest,s3\nfolder={ID}/raw/a\nscopes=read", twice.blocks[1].text())
        self.assertEqual(
            f"This key of the token {TOKEN} reads the folder 'raw/a' of the dataset {ID}, through rest and s3, "
            "until 2026-12-04 18:00 UTC.",
            twice.explain(),
        )
        self.assertEqual((ZONE, TOKEN, "HK" + TOKEN.upper()), (twice.zone, twice.id, twice.s3_access_key))
        self.assertEqual(twice.reveal(), Key(twice.reveal()).reveal())

    def test_a_narrowing_never_permits_more(self):
        key = self.key.narrow(scopes="read", folder=f"{ID}/raw/a").narrow(scopes=["read", "write"], folder=f"{ID}/raw")
        self.assertEqual((frozenset({"read"}), f"{ID}/raw/a"), (key.reach.scopes, key.reach.folder))
        self.assertIn("opens nothing", key.narrow(folder=f"{ID}/raw/ab").explain())
        self.assertIn("opens nothing", key.narrow(scopes="write").explain())

    def test_wrong_restrictions_are_refused(self):
        for wrong in (
            {},
            {"scopes": "admin"},
            {"scopes": []},
            {"doors": "ftp"},
            {"datasets": "ada/raw"},
            {"datasets": [f"00000000-0000-4000-8000-{number:012x}" for number in range(65)]},
            {"folder": f"{ID}/../b"},
            {"folder": "raw"},
            {"folder": f"{ID}/a\nscopes=write"},
            {"sites": "archive"},
            {"until": datetime(2026, 12, 4)},
            {"folder": f"{ID}/" + "a" * 1025},
        ):
            with self.subTest(wrong), self.assertRaises(errors.InvalidRequestError):
                self.key.narrow(**wrong)

    def test_sixteen_narrowings_are_the_maximum(self):
        key = self.key
        for _ in range(_keys.MAX_BLOCKS):
            key = key.narrow(doors="s3")
        with self.assertRaisesRegex(errors.InvalidRequestError, "16 times"):
            key.narrow(doors="s3")

    def test_a_folder_is_written_in_NFC(self):
        self.assertEqual(f"{ID}/\u00fc", self.key.narrow(folder=f"{ID}/u\u0308").reach.folder)

    def test_no_representation_shows_a_key(self):
        self.assertNotIn(self.key.reveal()[60:], repr(self.key) + str(self.key) + repr([self.key]))
        with self.assertRaises(TypeError):
            pickle.dumps(self.key)

    def test_a_key_names_its_zone_as_other_tokens_do(self):
        self.assertEqual(ZONE, _profile.Secret(self.key.reveal()).zone())


class Signatures(unittest.TestCase):
    def test_the_example_of_RFC_6979_is_met(self):
        private = bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
        r = bytes.fromhex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716")
        s = int("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8", 16)
        signature = _p256.sign(private, b"sample")
        self.assertEqual(r + (_p256.N - s).to_bytes(32, "big"), signature)
        self.assertTrue(_p256.verify(_p256.find_public(private), b"sample", signature))
        self.assertFalse(_p256.verify(_p256.find_public(private), b"samples", signature))

    def test_zero_and_the_order_are_no_private_keys(self):
        self.assertIsNone(_p256.find_public(bytes(32)))
        self.assertIsNone(_p256.find_public(_p256.N.to_bytes(32, "big")))
        self.assertIsNone(_p256.find_public(bytes(31) + b"\x01" + b"\x01"))


if __name__ == "__main__":
    unittest.main()
