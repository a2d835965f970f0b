"""The package against a real server. It needs `hutch` on the PATH, logged in, and an empty working folder.

    PYTHONPATH=python/src python3 python/tests/live.py
"""

import json
import os
import re
import subprocess
import sys
import types
import unittest
from unittest import mock

import hutch
from live_arrays import Arrays
from live_datasets import Datasets
from live_support import REPOSITORY, Live, make_series
from live_tls import Tls
from live_transfers import Transfers

__all__ = ["Arrays", "Datasets", "Guide", "Installed", "Tls", "Transfers"]


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
    make_series()
    unittest.main(verbosity=2)
