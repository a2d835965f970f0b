#!/usr/bin/env python3
"""Builds the wheel of the package, with the standard library only.

    python3 build_wheel.py OUT_FOLDER

Two builds of the same sources are equal, byte for byte: sorted files, fixed times and modes, no compression. It is
also a build backend (PEP 517), so that `pip install ./python` works without a network.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Optional

FOLDER = Path(__file__).resolve().parent
NAME = "hutch"
TAG = "py3-none-any"
# The earliest time that a ZIP archive can hold.
TIME = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644 << 16
SUFFIXES = (".py", ".typed")

METADATA = """\
Metadata-Version: 2.1
Name: hutch
Version: {version}
Summary: Scientific data in Hutch: datasets, frames, results, pushes
License: Apache-2.0
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Scientific/Engineering
Classifier: Typing :: Typed
Requires-Python: >=3.9
Provides-Extra: arrays
Requires-Dist: numpy; extra == "arrays"
Provides-Extra: tables
Requires-Dist: pandas; extra == "tables"
Provides-Extra: files
Requires-Dist: fsspec; extra == "files"
Description-Content-Type: text/plain

{description}"""

WHEEL = f"""\
Wheel-Version: 1.0
Generator: hutch build_wheel
Root-Is-Purelib: true
Tag: {TAG}
"""

ENTRY_POINTS = """\
[fsspec.specs]
hutch = hutch.filesystem:HutchFileSystem
"""


def read_version() -> str:
    """Returns the version of Hutch."""
    text = (FOLDER.parent / "Directory.Build.props").read_text(encoding="utf-8")
    match = re.search(r"<Version>([0-9]+\.[0-9]+\.[0-9]+)</Version>", text)
    if match is None:
        raise SystemExit("Directory.Build.props has no version of three numbers.")
    return match.group(1)


def contents(version: str) -> Dict[str, bytes]:
    """Returns the files of the wheel by name, except the list of them."""
    source = FOLDER / "src"
    files = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in source.rglob("*")
        if path.suffix in SUFFIXES and "__pycache__" not in path.parts
    }
    description = (FOLDER / "README.md").read_text(encoding="utf-8")
    info = f"{NAME}-{version}.dist-info"
    files[f"{info}/METADATA"] = METADATA.format(version=version, description=description).encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    files[f"{info}/entry_points.txt"] = ENTRY_POINTS.encode()
    files[f"{info}/LICENSE"] = (FOLDER.parent / "LICENSE").read_bytes()
    return files


def write(folder: Path) -> Path:
    """Writes the wheel into a folder and returns its path."""
    version = read_version()
    files = contents(version)
    record = f"{NAME}-{version}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in sorted(files.items())]
    ordered = [*sorted(files.items()), (record, ("".join(lines) + f"{record},,\n").encode())]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}-{version}-{TAG}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in ordered:
            member = zipfile.ZipInfo(name, TIME)
            member.external_attr = MODE
            member.create_system = 3  # as on Unix, wherever it is built
            # Stored: the packed form depends on the version of zlib, and these are a few kilobytes.
            member.compress_type = zipfile.ZIP_STORED
            wheel.writestr(member, data)
    return path


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


# The build backend: https://peps.python.org/pep-0517/


def build_wheel(
    wheel_directory: str, config_settings: Optional[Dict[str, Any]] = None, metadata_directory: Optional[str] = None
) -> str:
    """Builds the wheel for pip."""
    return write(Path(wheel_directory)).name


def build_sdist(sdist_directory: str, config_settings: Optional[Dict[str, Any]] = None) -> str:
    """Refuses: the sources are those of Hutch."""
    raise NotImplementedError("There is no source distribution of the package alone; use the repository of Hutch.")


def main(arguments: List[str]) -> int:
    """Builds the wheel into the folder of the command line."""
    if len(arguments) != 1:
        print("usage: build_wheel.py OUT_FOLDER", file=sys.stderr)
        return 2
    print(write(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
