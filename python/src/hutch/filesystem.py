"""Hutch as an fsspec file system: ``hutch://OWNER/NAME[@VERSION]/PATH``."""

from __future__ import annotations

import shutil
import tempfile
from typing import Any, BinaryIO, Dict, List, Mapping, Optional, cast

from fsspec import AbstractFileSystem

from ._client import Client, connect, default
from ._dataset import Dataset
from ._entries import PAGE
from ._file import open_file
from ._reference import split_path
from .errors import InvalidRequestError, NotFoundError

_MEMORY_BYTES = 16 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024


class HutchFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """Datasets as folders: ``hutch://ada/lysozyme/results.csv``, or ``hutch://ada/lysozyme@3/…`` for a fixed version.

    Files are read by ranges. A file that is opened for writing is stored when it is closed, all at once.

    :param remote: the address of the server; by default that of the login.
    :param token: its token; by default that of the login.
    """

    protocol = "hutch"
    root_marker = ""

    def __init__(self, remote: Optional[str] = None, token: Optional[str] = None, **options: Any) -> None:
        super().__init__(remote=remote, token=token, **options)
        self._given = connect(remote, token) if remote or token else None

    @property
    def client(self) -> Client:
        """The connection to the server."""
        return self._given or default()

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(one) for one in path]
        text = str(path)
        return (text[len("hutch://") :] if text.startswith("hutch://") else text).strip("/")

    def ls(self, path: str, detail: bool = True, **options: Any) -> List[Any]:
        """Lists an owner's datasets, or a folder of a dataset."""
        name, inside = split_path(self._strip_protocol(path))
        if "/" not in name:
            found = self._list_owner(name)
        else:
            found = self._list_folder(self.client.open(name), name, inside)
        return found if detail else [info["name"] for info in found]

    def info(self, path: str, **options: Any) -> Dict[str, Any]:
        """Returns name, size and type of a file or folder."""
        bare = self._strip_protocol(path)
        name, inside = split_path(bare)
        if "/" not in name:
            return _folder(bare)
        dataset = self.client.open(name)
        if not inside:
            return _folder(bare)
        try:
            return _file(name, dataset[inside].info)
        except NotFoundError:
            if dataset.tree(prefix=inside + "/", limit=1)["items"]:
                return _folder(bare)
            raise

    def created(self, path: str) -> Any:
        raise NotImplementedError("Hutch keeps the time of modification.")

    def modified(self, path: str) -> Any:
        """Returns the time of the last modification."""
        import datetime

        return datetime.datetime.fromtimestamp(self.info(path)["mtime"], datetime.timezone.utc)

    def _open(
        self, path: str, mode: str = "rb", block_size: Any = None, autocommit: bool = True, cache_options: Any = None,
        **options: Any,
    ) -> Any:
        name, inside = split_path(self._strip_protocol(path))
        if not inside:
            raise IsADirectoryError(f"{path!r} is a folder.")
        dataset = self.client.open(name)
        if mode == "rb":
            return open_file(dataset[inside].raw(), "rb")
        if mode in ("wb", "xb"):
            return _Upload(dataset, inside, is_new=mode == "xb")
        raise InvalidRequestError(f"Files of a dataset cannot be opened with the mode {mode!r}.")

    def cat_file(self, path: str, start: Optional[int] = None, end: Optional[int] = None, **options: Any) -> bytes:
        """Returns the bytes of a file, or of a range of it."""
        name, inside = split_path(self._strip_protocol(path))
        entry = self.client.open(name)[inside]
        if start is None and end is None:
            return entry.read_bytes()
        first, last, _ = slice(start, end).indices(entry.size)
        return entry.read_range(first, max(first, last))

    def _rm(self, path: str) -> None:
        name, inside = split_path(self._strip_protocol(path))
        if not inside:
            raise InvalidRequestError(f"{path!r} is a dataset; it is not removed as a file.")
        self.client.open(name).remove(inside)

    def cp_file(self, path1: str, path2: str, **options: Any) -> None:
        """Copies a file, also into another dataset. Folders exist with their files, so that a folder alone is no copy."""
        if self.isdir(path1):
            return
        with self.open(path1, "rb") as source, self.open(path2, "wb") as target:
            shutil.copyfileobj(source, target, _PIECE_BYTES)

    def mv(self, path1: str, path2: str, recursive: bool = False, maxdepth: Optional[int] = None, **options: Any) -> None:
        """Moves a file or folder. Within a dataset, no bytes are copied and nothing is replaced."""
        name, inside = split_path(self._strip_protocol(path1))
        other, target = split_path(self._strip_protocol(path2))
        is_plain = maxdepth is None and not any(mark in inside for mark in "*?[")
        if name != other or not inside or not target or not is_plain or (self.isdir(path1) and not recursive):
            super().mv(path1, path2, recursive=recursive, maxdepth=maxdepth, **options)
            return
        if str(path2).endswith("/") or self.isdir(path2):
            target += "/" + inside.rsplit("/", 1)[-1]
        self.client.open(name).move(inside, target)

    def mkdir(self, path: str, create_parents: bool = True, **options: Any) -> None:
        """Does nothing: folders of a dataset exist with their files."""

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Does nothing: folders of a dataset exist with their files."""

    def _list_owner(self, owner: str) -> List[Dict[str, Any]]:
        datasets = self.client.list(owner or None)
        if owner:
            return [_folder(dataset.name) for dataset in datasets]
        return [_folder(name) for name in sorted({dataset.owner for dataset in datasets})]

    def _list_folder(self, dataset: Dataset, name: str, inside: str) -> List[Dict[str, Any]]:
        prefix = inside + "/" if inside else ""
        found: List[Dict[str, Any]] = []
        after: Optional[str] = None
        while True:
            page = dataset.tree(prefix=prefix, delimiter="/", after=after, limit=PAGE)
            found += [_folder(f"{name}/{folder.rstrip('/')}") for folder in page.get("prefixes") or ()]
            found += [_file(name, info) for info in page["items"]]
            after = page.get("next")
            if not after:
                break
        if not found and inside:
            return [_file(name, dataset[inside].info)]
        return sorted(found, key=lambda info: str(info["name"]))


class _Upload(tempfile.SpooledTemporaryFile[bytes]):
    """A file that is stored in a dataset when it is closed. It is discarded by an exception in its ``with`` block, and
    when it is never closed."""

    def __init__(self, dataset: Dataset, path: str, is_new: bool) -> None:
        super().__init__(_MEMORY_BYTES)
        self._dataset = dataset
        self._path = path
        if is_new and path in dataset:
            raise FileExistsError(f"{dataset.reference} has {path!r} already.")

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def __exit__(self, kind: Any, *rest: Any) -> None:
        if kind is None:
            self.close()
        else:
            super().close()

    def __del__(self) -> None:
        super().close()

    def close(self) -> None:
        if self.closed:
            return
        try:
            self.seek(0)
            self._dataset.write(self._path, cast(BinaryIO, self))
        finally:
            super().close()


def _folder(name: str) -> Dict[str, Any]:
    return {"name": name, "size": 0, "type": "directory"}


def _file(name: str, info: Mapping[str, Any]) -> Dict[str, Any]:
    kind = {"file": "file", "link": "link"}.get(info["kind"], "directory")
    facts = {"name": f"{name}/{info['path']}", "size": info.get("size") or 0, "type": kind, "sha256": info.get("hash")}
    facts["mtime"] = (info.get("modified") or 0) / 1e9
    return facts
