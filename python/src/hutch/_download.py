"""Downloads of datasets into folders. A file gets its name after its bytes were compared with their SHA-256."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Set, Union

from . import _blobs
from ._entries import Entry
from ._file import mismatch
from ._reference import normalise_path
from .errors import ConflictError, InvalidRequestError

if TYPE_CHECKING:
    from ._dataset import Dataset

_PIECE_BYTES = 4 * 1024 * 1024
_OTHERS = "Download the others by `prefix`."
_WINDOWS_CHARACTERS = frozenset('\\:*?"<>|')


def download(dataset: Dataset, folder: Union[str, os.PathLike[str]], prefix: str, overwrite: bool) -> List[str]:
    """Downloads entries: see Dataset.download."""
    target = _Target(Path(folder), overwrite)
    small: List[Entry] = []
    large: List[Entry] = []
    links: List[Entry] = []
    version = dataset
    query = {"at": dataset.at, "prefix": prefix or None}
    with dataset.transport.send("GET", f"datasets/{dataset.id}/files", query) as response:
        number = response.headers.get("X-Hutch-Snapshot")
        if dataset.version is None and number and int(number) > 0:
            version = dataset.at_version(number)  # all files are of one version, also while others write
        for line in response.lines():
            if "end" in line:
                continue
            entry = Entry(version, line)
            target.check(entry)
            if entry.kind == "directory":
                target.make_folder(entry)
            elif entry.kind == "link":
                links.append(entry)
            elif target.has(entry):
                continue
            elif entry.sha256 is not None and entry.size <= _blobs.SMALL_BYTES:
                small.append(entry)
            else:
                large.append(entry)
    for batch in _blobs.batches(small):
        for entry, data in _blobs.fetch(version, batch):
            target.place(entry, [data])
    for entry in large:
        target.place(entry, _pieces(entry))
    for entry in links:
        target.link(entry)
    return target.written


def _pieces(entry: Entry) -> Iterator[bytes]:
    sha256 = hashlib.sha256()
    for start in range(0, entry.size, _PIECE_BYTES):
        piece = entry.read_range(start, min(start + _PIECE_BYTES, entry.size))
        sha256.update(piece)
        yield piece
    if entry.sha256 is not None and sha256.hexdigest() != entry.sha256:
        raise mismatch(entry.path, entry.sha256, sha256.hexdigest())


class _Target:
    """The folder. Nothing is written outside it, through a link, or over what the disk cannot tell apart."""

    def __init__(self, folder: Path, overwrite: bool) -> None:
        self._folder = folder
        self._overwrite = overwrite
        self._names: Dict[str, str] = {}
        self._safe: Set[Path] = set()
        self.written: List[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        self._tells_case = _tells_case(folder)

    def check(self, entry: Entry) -> None:
        """Refuses a path that this disk cannot hold."""
        parts = entry.path.split("/")
        if any(part in ("", ".", "..") for part in parts) or "\0" in entry.path or os.path.isabs(entry.path):
            raise InvalidRequestError(f"{entry.path!r} is not the path of an entry.")
        if parts[0].lower() == ".hutch":
            raise InvalidRequestError(f"{entry.path!r} would be a file of a working directory.", advice=_OTHERS)
        if os.name == "nt" and any(_WINDOWS_CHARACTERS & set(part) or part[-1] in " ." for part in parts):
            raise InvalidRequestError(f"Windows cannot hold the name {entry.path!r}.", advice=_OTHERS)
        key = normalise_path(entry.path).casefold()
        other = self._names.setdefault(key, entry.path)
        if other != entry.path and not self._tells_case:
            raise ConflictError(f"This disk cannot hold both {other!r} and {entry.path!r}.", advice="Use another disk.")

    def has(self, entry: Entry) -> bool:
        """Returns true if the file is already there with these bytes."""
        path = self._path(entry)
        if path.is_symlink() or not path.is_file() or path.stat().st_size != entry.size or entry.sha256 is None:
            return False
        sha256 = hashlib.sha256()
        with path.open("rb") as file:
            for piece in iter(lambda: file.read(_PIECE_BYTES), b""):
                sha256.update(piece)
        return sha256.hexdigest() == entry.sha256

    def make_folder(self, entry: Entry) -> None:
        path = self._path(entry)
        if not path.is_dir() or path.is_symlink():
            self._refuse_existing(path)
            path.mkdir(parents=True)
            self.written.append(entry.path)

    def place(self, entry: Entry, pieces: Union[List[bytes], Iterator[bytes]]) -> None:
        path = self._path(entry)
        self._refuse_existing(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".hutch-", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    file.write(piece)
            os.chmod(part, 0o777 & ~_umask() if entry.info.get("executable") else 0o666 & ~_umask())
            modified = entry.info.get("modified")
            if modified is not None:
                os.utime(part, ns=(modified, modified))
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
        self.written.append(entry.path)

    def link(self, entry: Entry) -> None:
        path = self._path(entry)
        wanted = str(entry.info["target"])
        if path.is_symlink() and os.readlink(path) == wanted:
            return
        self._refuse_existing(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or path.exists():
            path.unlink()
        os.symlink(wanted, path)
        if os.readlink(path) != wanted:
            raise ConflictError(f"This disk made no link at {str(path)!r}, although it reported success.")
        self.written.append(entry.path)

    def _path(self, entry: Entry) -> Path:
        *folders, name = entry.path.split("/")
        place = self._folder
        for part in folders:
            place = place / part
            if place in self._safe:
                continue
            if place.is_symlink():
                raise ConflictError(f"{str(place)!r} is a link: {entry.path!r} would be written elsewhere.")
            if place.is_dir():
                self._safe.add(place)
        return place / name

    def _refuse_existing(self, path: Path) -> None:
        if not self._overwrite and (path.is_symlink() or path.exists()):
            raise ConflictError(
                f"{str(path)!r} exists with other content and was left alone.",
                advice="Move it away, or download with overwrite=True.",
            )


def _tells_case(folder: Path) -> bool:
    """Returns true if the disk keeps two names apart that differ in case only."""
    with tempfile.NamedTemporaryFile(prefix=".hutch-Case-", dir=folder) as probe:
        return not os.path.exists(os.path.join(folder, os.path.basename(probe.name).swapcase()))


_known_umask: Optional[int] = None


def _umask() -> int:
    # Python reads the mask only by setting it, which other threads notice: once is enough.
    global _known_umask
    if _known_umask is None:
        _known_umask = os.umask(0o077)
        os.umask(_known_umask)
    return _known_umask
