"""Pushes: the blobs that a server lacks are uploaded, then one commit changes the dataset."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple, Union

from . import _blobs, _profile
from ._http import MAX_ATTEMPTS, Body, part_text, read_digest, retry_delay
from ._reference import normalise_path
from .errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    IntegrityError,
    InvalidRequestError,
    NotFoundError,
    UnavailableError,
    UnreachableError,
)

if TYPE_CHECKING:
    from ._dataset import Dataset

_PIECE_BYTES = 1024 * 1024
_MAX_READS = 4
_OWN_FOLDER = ".hutch"
_IGNORE_FILE = ".hutchignore"


class PushReport(NamedTuple):
    """The outcome of a push."""

    dataset: Dataset
    version: Optional[int]
    """The number of the new snapshot, or of the present one if nothing changed; None for an empty dataset."""
    added: int
    changed: int
    removed: int
    uploaded_files: int
    uploaded_bytes: int
    left_out: Tuple[str, ...] = ()
    """Paths that a dataset cannot store: sockets, pipes, devices, and names that are not UTF-8 (bytes as \\xNN)."""


class _Local(NamedTuple):
    file: Path
    kind: str
    size: int
    modified: int
    is_executable: bool


Change = Dict[str, Any]


def push(
    dataset: Dataset, folder: Union[str, os.PathLike[str]], message: str, delete: bool, exclude: Iterable[str]
) -> PushReport:
    """Pushes a folder: see Dataset.push."""
    if dataset.version is not None:
        advice = f"Open {dataset.name} and push to that."
        raise InvalidRequestError(f"{dataset.reference} is a fixed version.", advice=advice)
    left_out: List[str] = []
    local = dict(_scan(Path(folder), tuple(exclude), left_out))
    base, remote = _listing(dataset)
    session = _Session(dataset, Path(folder))
    wanted = {path: _entry(path, item) for path, item in local.items()}
    known = {str(info["hash"]) for info in remote.values() if info.get("hash")}
    uploaded = _upload(session, [(wanted[path], item) for path, item in local.items() if item.kind == "file"], known)
    puts = [change for path, change in wanted.items() if not _is_same(change, remote.get(path))]
    gone = [path for path in remote if path not in wanted and path not in left_out] if delete else []
    if puts or gone:
        changes: List[Change] = [{"op": "delete", "path": path} for path in gone]  # first: they free quota
        base = _commit(session, message, base, changes + [{"op": "put", **change} for change in puts])
    session.end()
    added = sum(1 for change in puts if change["path"] not in remote)
    return PushReport(dataset.refresh(), base, added, len(puts) - added, len(gone), *uploaded, tuple(left_out))


def _scan(folder: Path, exclude: Tuple[str, ...], left_out: List[str]) -> Iterator[Tuple[str, _Local]]:
    """Yields the entries of a folder by their path in the dataset; adds to `left_out` what no dataset can store."""
    if (folder / _OWN_FOLDER).exists():
        advice = "Push it with the command `hutch push`."
        raise InvalidRequestError(f"{str(folder)!r} is a working directory.", advice=advice)
    forms: Dict[str, str] = {}

    def walk(below: Path, prefix: str) -> Iterator[Tuple[str, _Local]]:
        with os.scandir(below) as found:
            items = sorted(found, key=lambda item: item.name)
        if prefix and not items:
            yield normalise_path(prefix.rstrip("/")), _Local(below, "directory", 0, below.stat().st_mtime_ns, False)
        for item in items:
            raw = prefix + item.name
            if any(fnmatch.fnmatchcase(item.name, mark) or fnmatch.fnmatchcase(raw, mark) for mark in exclude):
                continue
            if not _is_utf8(raw):
                left_out.append(os.fsencode(raw).decode(errors="backslashreplace"))
                continue
            path = _check_name(raw, forms)
            if item.is_dir(follow_symlinks=False):
                yield from walk(Path(item.path), raw + "/")
                continue
            local = _look(item)
            if local is None:
                left_out.append(path)
            else:
                yield path, local

    return walk(folder, "")


def _check_name(raw: str, forms: Dict[str, str]) -> str:
    if raw.rsplit("/", 1)[-1] == _IGNORE_FILE:
        raise InvalidRequestError(
            f"{raw!r} lists files to leave out, which only the command `hutch push` follows.",
            advice="Use that, or name the files in `exclude` with the list itself.",
        )
    path = normalise_path(raw)
    other = forms.setdefault(path, raw)
    if other != raw:
        raise InvalidRequestError(f"{other!r} and {raw!r} are two spellings of one name.", advice="Rename one of them.")
    return path


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _look(item: os.DirEntry[str]) -> Optional[_Local]:
    """Returns None for what no dataset can store."""
    status = item.stat(follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        if not _is_utf8(os.readlink(item.path)):
            return None
        return _Local(Path(item.path), "link", 0, status.st_mtime_ns, False)
    if not stat.S_ISREG(status.st_mode):
        return None
    executable = os.name == "posix" and bool(status.st_mode & stat.S_IXUSR)
    return _Local(Path(item.path), "file", status.st_size, status.st_mtime_ns, executable)


def _listing(dataset: Dataset) -> Tuple[Optional[int], Dict[str, Change]]:
    """Returns the number of the newest snapshot, which is taken first if the head changed since, and its entries."""
    with dataset.transport.send("GET", f"datasets/{dataset.id}/files") as response:
        number = int(response.headers.get("X-Hutch-Snapshot") or 0)
        return number or None, {line["path"]: line for line in response.lines() if "end" not in line}


def _entry(path: str, item: _Local) -> Change:
    change: Change = {"path": path, "kind": item.kind, "modified": max(-(2**63), min(item.modified, 2**63 - 1))}
    if item.kind == "link":
        change["target"] = os.readlink(item.file)
    if item.is_executable:
        change["executable"] = True
    return change


def _is_same(change: Change, remote: Optional[Change]) -> bool:
    facts = ("kind", "hash", "target", "executable")
    return remote is not None and all(change.get(fact) == remote.get(fact) for fact in facts)


# Uploads


class _Session:
    """The push session: kept over interruptions, so that a second attempt does not send again what arrived."""

    def __init__(self, dataset: Dataset, folder: Path) -> None:
        self.dataset = dataset
        self.transport = dataset.transport
        place = f"{dataset.client.remote} {dataset.id} {folder.resolve()}"
        mark = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._file = _profile.user_folder("XDG_STATE_HOME", ".local/state") / "python-pushes" / mark
        self._id = ""

    def path(self, rest: str) -> str:
        """Returns an address below the session, which is opened by the first call."""
        self._id = self._id or self._find() or self._open()
        return f"sessions/{part_text(self._id)}/{rest}"

    def end(self) -> None:
        """Forgets the session after its commit."""
        self._id = ""
        if self._file.exists():
            self._file.unlink()

    def _find(self) -> str:
        if not self._file.exists():
            return ""
        known = self._file.read_text().strip()
        try:
            self.transport.json("GET", f"sessions/{part_text(known)}")
        except (NotFoundError, GoneError, ForbiddenError):
            return ""  # it has expired, or belongs to another account
        return known

    def _open(self) -> str:
        opened = self.transport.json("POST", f"datasets/{self.dataset.id}/sessions", body={}, repeatable=True)["id"]
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file.write_text(str(opened))
        return str(opened)


def _upload(session: _Session, files: List[Tuple[Change, _Local]], known: Set[str]) -> Tuple[int, int]:
    """Hashes all files and uploads those that the server lacks. Returns their number and bytes."""
    small = _SmallFiles(session)
    for change, item in files:
        if item.size <= _blobs.SMALL_BYTES:
            data = _read_stable(item)
            change.update(hash=hashlib.sha256(data).hexdigest(), size=len(data))
            if change["hash"] not in known:
                small.add(change["hash"], data)
        else:
            sha256, size = _hash_stable(item)
            change.update(hash=sha256, size=size)
            if sha256 not in known and _negotiate(session, [(sha256, size)]):
                _send_large(session, item.file, sha256, size)
                small.sent[sha256] = size
        known.add(change["hash"])
    small.flush()
    return len(small.sent), sum(small.sent.values())


class _SmallFiles:
    """Files that wait for a common request."""

    def __init__(self, session: _Session) -> None:
        self.sent: Dict[str, int] = {}
        self._session = session
        self._waiting: List[Tuple[str, bytes]] = []
        self._bytes = 0

    def add(self, sha256: str, data: bytes) -> None:
        self._waiting.append((sha256, data))
        self._bytes += len(data)
        if len(self._waiting) >= _blobs.BATCH_FILES or self._bytes >= _blobs.BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if not waiting:
            return
        needed = _negotiate(self._session, [(sha256, len(data)) for sha256, data in waiting])
        blobs = [(sha256, data) for sha256, data in waiting if sha256 in needed]
        if blobs:
            body = _blobs.tar_body(blobs)
            self._session.transport.send("POST", self._session.path("blobs"), body=body, repeatable=True).close()
            self.sent.update((sha256, len(data)) for sha256, data in blobs)


def _negotiate(session: _Session, blobs: List[Tuple[str, int]]) -> Set[str]:
    body = Body.lines({"hash": sha256, "size": size} for sha256, size in blobs)
    with session.transport.send("POST", session.path("negotiate"), body=body, repeatable=True) as response:
        return {line for line in response.lines() if isinstance(line, str)}


def _send_large(session: _Session, file: Path, sha256: str, size: int) -> None:
    """Sends a large file to its end, over broken connections, from where the server has it."""
    address = session.path(f"blobs/{sha256}")
    best = failures = 0
    while True:
        try:
            with session.transport.send("HEAD", address) as response:
                offset = int(response.headers.get("Upload-Offset", 0))
                stored = read_digest(response.headers.get("Repr-Digest"))
            if stored is None:
                failures = failures if offset <= best else 0
                best = max(best, offset)
                headers = {"Upload-Offset": str(offset)}
                body = Body(size - offset, lambda: _pieces(file, offset, size))
                with session.transport.send("PATCH", address, {"size": size}, body=body, headers=headers) as response:
                    stored = read_digest(response.headers.get("Repr-Digest"))
            if stored != sha256:
                raise IntegrityError(f"{file} changed while it was sent.", advice="Push again.")
            return
        except (UnreachableError, UnavailableError, ConflictError) as error:
            # Another offset than ours is reported while the server still writes what a broken connection brought.
            if isinstance(error, ConflictError) and "offset" not in error.facts:
                raise
            failures += 1
            if failures >= MAX_ATTEMPTS:
                raise
            time.sleep(retry_delay(failures + 1))


def _pieces(file: Path, start: int, end: int) -> Iterator[bytes]:
    with file.open("rb") as source:
        source.seek(start)
        while start < end:
            piece = source.read(min(_PIECE_BYTES, end - start))
            if not piece:
                raise IntegrityError(f"{file} shrank while it was sent.", advice="Push again.")
            start += len(piece)
            yield piece


def _read_stable(item: _Local) -> bytes:
    for attempt in range(_MAX_READS):
        with item.file.open("rb") as source:
            before = os.fstat(source.fileno())
            data = source.read()
            after = os.fstat(source.fileno())
        if _is_unchanged(before, after) and len(data) == after.st_size:
            return data
        time.sleep(0.1 * 2**attempt)
    raise _unstable(item)


def _hash_stable(item: _Local) -> Tuple[str, int]:
    for attempt in range(_MAX_READS):
        sha256 = hashlib.sha256()
        with item.file.open("rb") as source:
            before = os.fstat(source.fileno())
            for piece in iter(lambda: source.read(_PIECE_BYTES), b""):
                sha256.update(piece)
            after = os.fstat(source.fileno())
        if _is_unchanged(before, after):
            return sha256.hexdigest(), after.st_size
        time.sleep(0.1 * 2**attempt)
    raise _unstable(item)


def _is_unchanged(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _unstable(item: _Local) -> ConflictError:
    advice = "Push when it is finished, or exclude it."
    return ConflictError(f"{item.file} keeps changing while it is read.", advice=advice)


# The commit


def _commit(session: _Session, message: str, base: Optional[int], changes: List[Change]) -> int:
    header: Change = {"changes": len(changes), "base": base, "message": message or None}
    first = {name: value for name, value in header.items() if value is not None}
    body = Body.lines([first, *changes])
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            with session.transport.send("POST", session.path("commit"), body=body, repeatable=False) as response:
                return int(json.loads(response.all(1024 * 1024))["number"])
        except (UnreachableError, UnavailableError):
            if attempt == MAX_ATTEMPTS:
                raise
            time.sleep(retry_delay(attempt + 1))
        except (ConflictError, NotFoundError, GoneError):
            # Perhaps our own commit moved the head, and its answer was lost.
            if attempt > 1 and _is_own(session.dataset, (base or 0) + 1, changes):
                return (base or 0) + 1
            raise
    raise AssertionError("unreachable")


def _is_own(dataset: Dataset, number: int, changes: List[Change]) -> bool:
    try:
        with dataset.transport.send("GET", f"datasets/{dataset.id}/files", {"at": number}) as response:
            found = {line["path"]: line for line in response.lines() if "end" not in line}
    except NotFoundError:
        return False
    return all(
        change["path"] not in found if change["op"] == "delete" else _is_same(change, found.get(change["path"]))
        for change in changes
    )
