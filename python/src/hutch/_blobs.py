"""Many files in one request: tar streams of members that are named by their SHA-256."""

from __future__ import annotations

import hashlib
import tarfile
from typing import TYPE_CHECKING, Iterator, List, Sequence, Tuple

from ._http import Body, Response
from .errors import IntegrityError, ServerError, UnreachableError

if TYPE_CHECKING:
    from ._dataset import Dataset
    from ._entries import Entry

BATCH_FILES = 4096
BATCH_BYTES = 4 * 1024 * 1024
SMALL_BYTES = 8 * 1024 * 1024
"""Files up to this size travel many in one stream; larger ones alone, and are resumed in the middle."""

_BLOCK = 512


def tar_body(blobs: Sequence[Tuple[str, bytes]]) -> Body:
    """Returns a tar stream of blobs, from memory."""

    def pieces() -> Iterator[bytes]:
        for sha256, data in blobs:
            header = tarfile.TarInfo(f"blobs/{sha256}")
            header.size = len(data)
            yield header.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % _BLOCK)
        yield bytes(2 * _BLOCK)

    length = 2 * _BLOCK + sum(_BLOCK + len(data) + -len(data) % _BLOCK for _, data in blobs)
    return Body(length, pieces, "application/x-tar")


def batches(entries: Sequence[Entry], batch_bytes: int = BATCH_BYTES) -> Iterator[List[Entry]]:
    """Cuts a list of entries into batches, each for one request."""
    batch: List[Entry] = []
    total = 0
    for entry in entries:
        if batch and (total + entry.size > batch_bytes or len(batch) == BATCH_FILES):
            yield batch
            batch, total = [], 0
        batch.append(entry)
        total += entry.size
    if batch:
        yield batch


def fetch(dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Tuple[Entry, bytes]]:
    """Reads files in one request and yields each with its verified bytes; a broken connection is resumed."""
    waiting = list(entries)
    failures = 0
    while waiting:
        before = len(waiting)
        body = Body.lines({"hash": entry.sha256, "path": entry.path} for entry in waiting)
        try:
            with dataset.transport.send(
                "POST", f"datasets/{dataset.id}/fetch", {"at": dataset.at}, body=body, repeatable=True
            ) as response:
                stream = _Reader(response)
                while waiting:
                    data = _read_member(stream, waiting[0])
                    yield waiting.pop(0), data
        except UnreachableError:
            failures = 1 if len(waiting) < before else failures + 1
            if failures > 2:
                raise


class _Reader:
    def __init__(self, response: Response) -> None:
        self._response = response
        self._buffer = bytearray()

    def read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            piece = self._response.read(max(size - len(self._buffer), 64 * 1024))
            if not piece:
                raise UnreachableError("The response was cut off.")
            self._buffer += piece
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


def _read_member(stream: _Reader, entry: Entry) -> bytes:
    try:
        header = tarfile.TarInfo.frombuf(stream.read(_BLOCK), "ascii", "strict")
    except tarfile.HeaderError as error:
        raise ServerError("The stream of files has a member that is not a blob.") from error
    if header.name == f"missing/{entry.sha256}":
        advice = "Its operator can repair it from a copy."
        raise IntegrityError(f"The server has no intact copy of {entry.path}.", advice=advice)
    if header.name != f"blobs/{entry.sha256}" or header.size != entry.size:
        raise ServerError(f"The stream of files has {header.name} in the place of {entry.path}.")
    data = stream.read(header.size)
    stream.read(-header.size % _BLOCK)
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise IntegrityError(f"{entry.path}: the received data does not match its hash {entry.sha256}.")
    return data
