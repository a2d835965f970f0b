"""Names, links, profiles and tokens, without a server."""

import json
import os
import pickle
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from hutch import Client, _profile, _reference, connect, errors

ID = "cee3f251-c355-488c-b58a-e0555d3cb6c3"
ZONE = "0123456789abcdef"
TOKEN = f"hutch_{ZONE}_fedcba9876543210_" + "s" * 43


class References(unittest.TestCase):
    def test_names_ids_versions_and_links_are_read(self):
        cases = {
            "lysozyme": ("lysozyme", None, None, None),
            "ada/lysozyme": ("ada/lysozyme", None, None, None),
            "ada/lysozyme@3": ("ada/lysozyme", "3", None, None),
            "ada/lysozyme@final": ("ada/lysozyme", "final", None, None),
            ID: (ID, None, None, None),
            f"https://hutch.lab/datasets/{ID}": (ID, None, "https://hutch.lab", None),
            f"https://hutch.lab:8443/datasets/{ID}/files/raw/a%20b.h5?at=2": (ID, "2", "https://hutch.lab:8443", None),
            f"https://lab/hutch/datasets/{ID}/frames": (ID, None, "https://lab/hutch", None),
            "https://hutch.lab/s#hutchlink_x": ("", None, "https://hutch.lab", "hutchlink_x"),
        }
        for text, expected in cases.items():
            with self.subTest(text):
                self.assertEqual(expected, tuple(_reference.parse(text)))

    def test_what_names_no_dataset_is_refused(self):
        for text in ("", "@3", "ada/x@", "https://hutch.lab/search", f"https://hutch.lab/datasets/{ID[:-1]}"):
            with self.subTest(text), self.assertRaises(errors.InvalidRequestError):
                _reference.parse(text)

    def test_the_error_of_a_link_does_not_show_its_secret(self):
        with self.assertRaises(errors.InvalidRequestError) as caught:
            _reference.parse("https://hutch.lab/share#hutchlink_secret")
        self.assertNotIn("secret", str(caught.exception))

    def test_paths_of_the_file_system_are_split(self):
        self.assertEqual(("ada/x@2", "raw/a.csv"), _reference.split_path("hutch://ada/x@2/raw/a.csv"))
        self.assertEqual(("ada/x", ""), _reference.split_path("ada/x/"))
        self.assertEqual(("ada", ""), _reference.split_path("hutch://ada"))


class Profiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.config = Path(folder.name, "hutch", "config")
        self.config.parent.mkdir()
        self.environment = {"XDG_CONFIG_HOME": folder.name}

    def write(self, **remotes):
        self.config.write_text(json.dumps({"default": next(iter(remotes), None), "remotes": remotes}))

    def test_the_login_of_the_command_is_used(self):
        self.write(**{"https://a.lab": {"token": TOKEN, "zone": ZONE, "ca": "/ca.pem", "fingerprint": "SHA256:00"}})
        profile = _profile.find(None, None, self.environment)
        self.assertEqual(("https://a.lab", "/ca.pem", "SHA256:00"), (profile.remote, profile.ca, profile.fingerprint))
        self.assertEqual(TOKEN, profile.token.reveal())

    def test_arguments_precede_variables_and_these_the_login(self):
        self.write(**{"https://a.lab": {"token": "of-a"}, "https://b.lab": {"token": "of-b"}})
        self.environment["HUTCH_REMOTE"] = "b.lab"
        self.assertEqual("of-b", _profile.find(None, None, self.environment).token.reveal())
        self.environment["HUTCH_TOKEN"] = "of-the-environment"
        self.assertEqual("of-the-environment", _profile.find(None, None, self.environment).token.reveal())
        self.assertEqual("given", _profile.find("a.lab", "given", self.environment).token.reveal())

    def test_without_a_login_the_own_machine_is_asked_anonymously(self):
        self.assertEqual(("http://127.0.0.1:8470", None), _profile.find(None, None, self.environment)[:2])

    def test_a_token_of_another_installation_is_not_sent(self):
        self.write(**{"https://a.lab": {"zone": "f" * 16}})
        self.environment["HUTCH_TOKEN"] = TOKEN
        with self.assertRaises(errors.UnauthenticatedError) as caught:
            _profile.find(None, None, self.environment)
        self.assertNotIn(TOKEN, str(caught.exception))

    def test_a_token_is_not_sent_over_plain_http(self):
        with self.assertRaises(errors.InvalidRequestError):
            _profile.find("http://a.lab", TOKEN, self.environment)
        for own in ("http://127.0.0.1:8470", "http://localhost", "http://[::1]:8470"):
            self.assertIsNotNone(_profile.find(own, TOKEN, self.environment).token)

    def test_addresses_are_remembered_in_one_form(self):
        cases = {
            "a.lab": "https://a.lab",
            "https://A.lab:443/": "https://a.lab",
            "127.0.0.1:8470": "http://127.0.0.1:8470",
            "http://[::1]:8470/": "http://[::1]:8470",
            "https://a.lab/hutch/": "https://a.lab/hutch",
        }
        for text, expected in cases.items():
            self.assertEqual(expected, _profile.normalise(text))
        for text in ("ftp://a.lab", "https://ada:secret@a.lab", "https://a.lab?x=1", "https://", "https://a:99999"):
            with self.subTest(text), self.assertRaises(errors.InvalidRequestError):
                _profile.normalise(text)

    def test_a_damaged_configuration_is_an_error(self):
        for text in ("{", "[]", '{"remotes": 3}'):
            self.config.write_text(text)
            with self.subTest(text), self.assertRaises(errors.InvalidRequestError):
                _profile.find(None, None, self.environment)


    def test_the_token_of_the_environment_is_not_for_a_server_that_a_link_names(self):
        self.write(**{"https://known.lab": {"token": "of-known"}})
        with mock.patch.dict(os.environ, {**self.environment, "HUTCH_TOKEN": TOKEN}):
            self.assertIsNone(_profile.find_login("https://evil.example", None).token)
            self.assertEqual("of-known", _profile.find_login("https://known.lab", None).token.reveal())

    def test_a_link_to_another_server_gets_no_token_of_this_one(self):
        asked = []

        def refuse(client, reference):
            asked.append((client.remote, client.transport.is_anonymous))
            raise errors.NotFoundError("none")

        with mock.patch.dict(os.environ, {**self.environment, "HUTCH_TOKEN": TOKEN}), mock.patch.object(Client, "_find", refuse):
            for link in (f"https://evil.example/datasets/{ID}", f"http://127.0.0.1:1/datasets/{ID}"):
                with self.assertRaises(errors.NotFoundError):
                    connect("http://127.0.0.1:1").open(link)
        self.assertEqual([("https://evil.example", True), ("http://127.0.0.1:1", False)], asked)


class Secrets(unittest.TestCase):
    def test_no_representation_and_no_pickle_shows_a_token(self):
        client = connect("http://127.0.0.1:1", TOKEN)
        shown = [repr(client), repr(client.transport), repr(vars(client.transport)), str(pickle.dumps(client))]
        for text in shown:
            self.assertNotIn("s" * 43, text)

    def test_a_token_with_a_line_break_is_not_shown(self):
        with self.assertRaises(errors.InvalidRequestError) as caught:
            connect("http://127.0.0.1:1", "bad\ntoken")
        self.assertNotIn("token\n", repr(caught.exception))
        self.assertNotIn("bad", str(caught.exception))


if __name__ == "__main__":
    os.environ.pop("HUTCH_TOKEN", None)
    unittest.main()
