"""The entries of a dataset as a mapping of paths."""

from __future__ import annotations

import fnmatch
import hashlib
import time
from typing import TYPE_CHECKING, IO, Any, ItemsView, Iterator, Mapping, Optional, TextIO, Tuple, ValuesView, overload

from ._file import RangeFile, mismatch, open_file
from ._http import MAX_ATTEMPTS, Response, path_text, retry_delay
from ._reference import normalise_path
from .errors import NotFoundError, ServerError, UnreachableError

if TYPE_CHECKING:
    from typing import Literal

    from ._array import RemoteArray
    from ._dataset import Dataset

PAGE = 10_000


class Entry:
    """A file, a symbolic link or an empty directory of a dataset."""

    def __init__(self, dataset: Dataset, info: Mapping[str, Any]) -> None:
        self.dataset = dataset
        self.info = info
        """The facts as the server lists them."""

    @property
    def path(self) -> str:
        """The path in the dataset."""
        return str(self.info["path"])

    @property
    def kind(self) -> str:
        """``file``, ``link`` or ``directory``; only empty directories are entries."""
        return str(self.info["kind"])

    @property
    def size(self) -> int:
        """The size of a file in bytes; 0 for others."""
        return int(self.info.get("size") or 0)

    @property
    def sha256(self) -> Optional[str]:
        """The SHA-256 of a file in hex; None for files that the server makes on reading or has not hashed yet."""
        return self.info.get("hash")

    @property
    def modified(self) -> Optional[float]:
        """The time of the last modification in seconds since 1970, if known."""
        nanoseconds = self.info.get("modified")
        return None if nanoseconds is None else nanoseconds / 1e9

    @property
    def content_type(self) -> Optional[str]:
        """The media type of a file, if known."""
        return self.info.get("contentType")

    def __repr__(self) -> str:
        facts = f"{self.size} bytes" if self.kind == "file" else self.kind
        return f"<Entry {self.path!r} of {self.dataset.reference}, {facts}>"

    @overload
    def open(self, mode: Literal["rb"] = ..., encoding: str = ...) -> IO[bytes]: ...

    @overload
    def open(self, mode: Literal["r", "rt"], encoding: str = ...) -> TextIO: ...

    def open(self, mode: str = "rb", encoding: str = "utf-8") -> Any:
        """Opens the file for reading. It is seekable; a program that seeks fetches only the ranges that it reads.

        Its cache takes at most 16 MiB. A file that is read from its first byte to its last is compared with its
        SHA-256.
        """
        return open_file(self.raw(), mode, encoding)

    def raw(self) -> RangeFile:
        """Opens the file without the small buffer of :meth:`open`."""
        return RangeFile(self.path, self.size, self.sha256, self.read_range)

    def read_bytes(self) -> bytes:
        """Reads the whole file and compares it with its SHA-256."""
        data = self.read_range(0, self.size)
        if self.sha256 is not None and hashlib.sha256(data).hexdigest() != self.sha256:
            raise mismatch(self.path, self.sha256, hashlib.sha256(data).hexdigest())
        return data

    def read_text(self, encoding: str = "utf-8") -> str:
        """Reads the whole file as text."""
        return self.read_bytes().decode(encoding)

    def array(self, path: str = "") -> RemoteArray:
        """Opens an array of an HDF5, NeXus, MRC, NIfTI, TIFF or numpy file. The server decodes what you index.

        :param path: the path inside an HDF5 file, such as ``entry/data/data``; empty for files that are one array.
        """
        from ._array import RemoteArray

        return RemoteArray(self, path)

    def read_range(self, start: int, end: int) -> bytes:
        """Reads the bytes from ``start`` to before ``end``. A broken connection is resumed where it broke."""
        data = bytearray()
        failures = 0
        while len(data) < end - start:
            before = len(data)
            try:
                with self._ask(start + before, end) as response:
                    for piece in response.pieces():
                        data += piece
            except UnreachableError:
                failures = 1 if len(data) > before else failures + 1
                if failures >= MAX_ATTEMPTS:
                    raise
                time.sleep(retry_delay(failures + 1))
                continue
            if len(data) != end - start:
                raise ServerError(f"The server sent {len(data)} of {end - start} bytes of {self.path}.")
        return bytes(data)

    def _ask(self, start: int, end: int) -> Response:
        headers = {}
        if start > 0 or end < self.size:
            headers["Range"] = f"bytes={start}-{end - 1}"
        if self.sha256 is not None:
            headers["If-Match"] = f'"{self.sha256}"'  # all ranges are of the same bytes
        dataset = self.dataset
        path = f"datasets/{dataset.id}/entries/{path_text(self.path)}"
        response = dataset.transport.send("GET", path, {"at": dataset.at}, headers=headers)
        if "Range" in headers and response.headers.get("Content-Range") != f"bytes {start}-{end - 1}/{self.size}":
            response.close()
            raise ServerError(f"The server sent the wrong range of {self.path}, or the file changed.")
        return response


class _Items(ItemsView[str, Entry]):
    def __init__(self, mapping: Entries) -> None:
        super().__init__(mapping)
        self._entries = mapping

    def __iter__(self) -> Iterator[Tuple[str, Entry]]:
        return ((entry.path, entry) for entry in self._entries.scan())


class _Values(ValuesView[Entry]):
    def __init__(self, mapping: Entries) -> None:
        super().__init__(mapping)
        self._entries = mapping

    def __iter__(self) -> Iterator[Entry]:
        return self._entries.scan()


class Entries(Mapping[str, Entry]):
    """The entries of a dataset by path, in byte order. Iterating fetches them in pages."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def __getitem__(self, path: str) -> Entry:
        wanted = normalise_path(path)
        # In byte order, nothing with a prefix precedes the prefix itself.
        for info in self._dataset.tree(prefix=wanted, limit=1)["items"]:
            if info["path"] == wanted:
                return Entry(self._dataset, info)
        raise NotFoundError(f"{self._dataset.reference} has no entry {wanted!r}.", code="not-found")

    def __iter__(self) -> Iterator[str]:
        return (entry.path for entry in self.scan())

    def __len__(self) -> int:
        return sum(1 for _ in self.scan())

    def __bool__(self) -> bool:
        return any(True for _ in self.scan(limit=1))

    def __contains__(self, path: object) -> bool:
        try:
            return isinstance(path, str) and bool(path) and self[path] is not None
        except NotFoundError:
            return False

    def __repr__(self) -> str:
        return f"<Entries of {self._dataset.reference}>"

    def items(self) -> ItemsView[str, Entry]:
        """Returns pairs of path and entry, fetched in pages."""
        return _Items(self)

    def values(self) -> ValuesView[Entry]:
        """Returns the entries, fetched in pages."""
        return _Values(self)

    def below(self, folder: str) -> Iterator[Entry]:
        """Returns the entries in a folder and its folders."""
        return self.scan(normalise_path(folder).strip("/") + "/")

    def glob(self, pattern: str) -> Iterator[Entry]:
        """Returns the entries whose path matches a pattern, such as ``raw/*.h5``. ``*`` matches slashes, too."""
        wanted = normalise_path(pattern)
        fixed = wanted[: min((wanted.find(mark) for mark in "*?[" if mark in wanted), default=len(wanted))]
        return (entry for entry in self.scan(fixed) if fnmatch.fnmatchcase(entry.path, wanted))

    def scan(self, prefix: str = "", after: Optional[str] = None, limit: int = PAGE) -> Iterator[Entry]:
        """Returns the entries whose path begins with a prefix, fetched in pages of ``limit``."""
        while True:
            page = self._dataset.tree(prefix=prefix, after=after, limit=limit)
            for info in page["items"]:
                yield Entry(self._dataset, info)
            after = page.get("next")
            if not after:
                return
