"""The wheel: two builds are equal, and what it lists is what it holds."""

import base64
import csv
import hashlib
import io
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "build_wheel.py"


class Wheel(unittest.TestCase):
    def build(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        subprocess.run([sys.executable, SCRIPT, folder.name], check=True, stdout=subprocess.DEVNULL)
        (wheel,) = Path(folder.name).iterdir()
        return wheel

    def test_two_builds_are_equal_byte_for_byte(self):
        first, second = self.build(), self.build()
        self.assertEqual(first.name, second.name)
        self.assertEqual(first.read_bytes(), second.read_bytes())

    def test_every_file_is_recorded_with_its_hash(self):
        wheel = self.build()
        self.assertRegex(wheel.name, r"^hutch-[0-9.]+-py3-none-any\.whl$")
        with zipfile.ZipFile(wheel) as archive:
            (record,) = (name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
            listed = {row[0]: row[1:] for row in csv.reader(io.StringIO(archive.read(record).decode()))}
            self.assertEqual(sorted(archive.namelist()), sorted(listed))
            self.assertEqual(["", ""], listed.pop(record))
            for name, (digest, size) in listed.items():
                data = archive.read(name)
                expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                self.assertEqual((f"sha256={expected}", str(len(data))), (digest, size))
            self.assertIn("hutch/py.typed", listed)
            self.assertFalse([name for name in listed if "__pycache__" in name])


if __name__ == "__main__":
    unittest.main()
