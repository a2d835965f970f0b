"""Entries as seekable files, read by ranges."""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Callable, Optional

from .errors import IntegrityError, InvalidRequestError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK_BYTES = 256 * 1024
CACHED_BLOCKS = 64
"""16 MiB a file: the bound of its cache."""
MAX_AHEAD_BLOCKS = 16
"""4 MiB a request, once the reader is known to go forward."""

FetchRange = Callable[[int, int], bytes]


class RangeFile(io.RawIOBase):
    """A file whose bytes are fetched in blocks.

    Reading forward fetches ever larger ranges. A file that was delivered from its first byte to its last is compared
    with its SHA-256 before the last block is given out.
    """

    def __init__(self, name: str, size: int, sha256: Optional[str], fetch: FetchRange) -> None:
        super().__init__()
        self.name = name
        self._size = size
        self._expected = sha256
        self._fetch = fetch
        self._position = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._next_block = 0
        self._ahead = 1
        self._hash = hashlib.sha256()
        self._hashed = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}.get(whence)
        if base is None or base + offset < 0:
            raise InvalidRequestError(f"Cannot seek to {offset} from {whence}.")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        view = memoryview(buffer).cast("B")
        if not view or self._position >= self._size:
            return 0
        number, start = divmod(self._position, BLOCK_BYTES)
        block = self._block(number)
        count = min(len(view), len(block) - start)
        view[:count] = block[start : start + count]
        self._position += count
        return count

    def close(self) -> None:
        self._blocks.clear()
        super().close()

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
        else:
            self._fetch_blocks(number)
        block = self._blocks[number]
        if number * BLOCK_BYTES == self._hashed and self._expected is not None:
            self._hash.update(block)
            self._hashed += len(block)
            if self._hashed == self._size and self._hash.hexdigest() != self._expected:
                raise mismatch(self.name, self._expected, self._hash.hexdigest())
        return block

    def _fetch_blocks(self, number: int) -> None:
        self._ahead = min(self._ahead * 2, MAX_AHEAD_BLOCKS) if number == self._next_block else 1
        start = number * BLOCK_BYTES
        end = min(self._size, start + self._ahead * BLOCK_BYTES)
        data = memoryview(self._fetch(start, end))
        for offset in range(0, end - start, BLOCK_BYTES):
            self._blocks[number + offset // BLOCK_BYTES] = bytes(data[offset : offset + BLOCK_BYTES])
            self._blocks.move_to_end(number + offset // BLOCK_BYTES)
        self._next_block = number + -(-(end - start) // BLOCK_BYTES)
        while len(self._blocks) > CACHED_BLOCKS:
            self._blocks.popitem(last=False)


def mismatch(name: str, expected: str, actual: str) -> IntegrityError:
    """Returns the error of bytes that are not what their hash says."""
    return IntegrityError(f"{name}: the received data has the hash {actual}, not {expected}.")


def open_file(raw: io.RawIOBase, mode: str, encoding: str = "utf-8") -> Any:
    """Returns a file for ``rb``, ``r`` or ``rt``, with a small buffer for short reads."""
    buffered = io.BufferedReader(raw, io.DEFAULT_BUFFER_SIZE)
    if mode == "rb":
        return buffered
    if mode in ("r", "rt"):
        return io.TextIOWrapper(buffered, encoding)
    raise InvalidRequestError(f"The mode {mode!r} is not one of 'rb', 'r' and 'rt'.")
