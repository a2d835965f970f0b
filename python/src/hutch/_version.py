"""The version of the package: that of the wheel, or of the source tree next to it."""

from __future__ import annotations

from importlib import metadata


def _find() -> str:
    try:
        return metadata.version("hutch")
    except metadata.PackageNotFoundError:
        return "0+source"


VERSION = _find()
