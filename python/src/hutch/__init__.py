"""Scientific data in Hutch: datasets, frames, results, pushes.

>>> import hutch
>>> ds = hutch.open("ada/lysozyme")
>>> ds.frames[10:20].mean(axis=0)

The functions of this module use the login of the ``hutch`` command; :func:`connect` speaks to another server.
"""

from __future__ import annotations

import builtins
import os
from typing import Any, Iterable, Mapping, Optional, Union

from ._array import RemoteArray
from ._client import Client, Datasets, connect, default
from ._dataset import Dataset
from ._entries import Entries, Entry
from ._frames import Frames, RawArray
from ._keys import Key
from ._metadata import Metadata
from ._push import PushReport
from ._runs import Rows, Run
from ._version import VERSION as __version__
from .errors import *  # noqa: F403
from .errors import __all__ as _errors

__all__ = [
    "Client",
    "Dataset",
    "Datasets",
    "Entries",
    "Entry",
    "Frames",
    "Key",
    "Metadata",
    "PushReport",
    "RawArray",
    "RemoteArray",
    "Rows",
    "Run",
    "__version__",
    "connect",
    "create",
    "list",
    "open",
    "push",
    "run",
    "search",
]
__all__ += _errors


def open(name: str) -> Dataset:
    """Opens a dataset: ``owner/slug``, your own ``slug``, an id or a link of the portal.

    ``@VERSION`` fixes a version: its number, tag or hash prefix.
    """
    return default().open(name)


def list(owner: Optional[str] = None, state: Optional[str] = None, shared: bool = False) -> Datasets:
    """Lists the datasets that you may view: see :meth:`Client.list`."""
    return default().list(owner, state, shared)


def search(query: str, sort: Optional[str] = None) -> Datasets:
    """Searches datasets, such as ``hutch.search("lysozyme energy > 12 keV")``: see :meth:`Client.search`."""
    return default().search(query, sort)


def create(
    name: str,
    title: Optional[str] = None,
    type: Optional[str] = None,
    metadata: Optional[Mapping[str, Any]] = None,
) -> Dataset:
    """Creates an empty dataset: see :meth:`Client.create`."""
    return default().create(name, title, type, metadata)


def push(
    folder: Union[str, os.PathLike[str]],
    name: str,
    *,
    message: str = "",
    title: Optional[str] = None,
    delete: bool = False,
    exclude: Iterable[str] = (),
) -> PushReport:
    """Uploads a folder as a new version of a dataset: see :meth:`Client.push` and :meth:`Dataset.push`."""
    return default().push(folder, name, message=message, title=title, delete=delete, exclude=exclude)


def run(id: str) -> Run:
    """Finds a run of a program by its id."""
    return default().run(id)


def __dir__() -> builtins.list[str]:
    return __all__


def _register() -> None:
    try:
        import fsspec
    except ImportError:
        return
    fsspec.register_implementation("hutch", "hutch.filesystem.HutchFileSystem", clobber=True)


_register()
