"""Arrays inside files, indexed on the server.

The server cuts out and decodes the selected part, whatever the format of the file, and serves it as a small Zarr array
with plain chunks (docs/formats/arrays.md).
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Tuple

from . import _optional
from ._frames import RawArray
from ._http import path_text
from .errors import InvalidRequestError, NotFoundError, ServerError

if TYPE_CHECKING:
    from ._entries import Entry

_MAX_BYTES = 2 * 1024 * 1024 * 1024


class _Axis(NamedTuple):
    start: int
    stop: int
    step: int
    is_dropped: bool

    def text(self) -> str:
        return f"{self.start}:{self.stop}" + (f":{self.step}" if self.step > 1 else "")

    def length(self) -> int:
        return len(range(self.start, self.stop, self.step))


class RemoteArray:
    """An array of a file. Indexing it with numbers, slices and ``...`` reads only the selected part."""

    def __init__(self, entry: Entry, path: str = "") -> None:
        self._entry = entry
        self._path = path.strip("/")
        facts = self._facts("")
        self.shape: Tuple[int, ...] = tuple(facts["shape"])
        """The length of each axis."""
        self.dtype: str = facts["dtype"]
        """The type in numpy's notation, such as ``<u2``."""

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def attributes(self) -> Dict[str, Any]:
        """The attributes, such as ``units``."""
        try:
            return dict(json.loads(self._get(".zattrs", 64 * 1024 * 1024)))
        except NotFoundError:
            return {}

    def __len__(self) -> int:
        return self.shape[0] if self.shape else 0

    def __repr__(self) -> str:
        inside = f" {self._path!r}" if self._path else ""
        return f"<RemoteArray{inside} of {self._entry.path!r}: {self.shape}, {self.dtype}>"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        values = self[...]
        return values if dtype is None else values.astype(dtype)

    def __getitem__(self, index: Any) -> Any:
        axes = select(index, self.shape)
        counts = tuple(axis.length() for axis in axes)
        kept = tuple(axis.length() for axis in axes if not axis.is_dropped)
        data = self._read(axes, counts) if 0 not in counts else b""
        if _optional.numpy is None:
            return RawArray(data, kept, self.dtype)
        return _optional.numpy.frombuffer(data, self.dtype).reshape(kept)[()]

    def _read(self, axes: List[_Axis], counts: Tuple[int, ...]) -> bytes:
        part = ".part/" + ",".join(axis.text() for axis in axes) + "/" if axes else ""
        facts = self._facts(part)
        chunks = facts["chunks"] or [1] * len(counts)
        if tuple(facts["shape"]) != counts or facts["compressor"] or facts["filters"] or facts["order"] != "C":
            raise ServerError(f"The server sent another part of {self._entry.path} than requested, or packed it.")
        grid = [range(-(-count // chunk)) for count, chunk in zip(counts, chunks)]
        keys = [".".join(map(str, place)) or "0" for place in itertools.product(*grid)]
        if len(keys) == 1 and tuple(chunks) == counts:
            return self._get(part + keys[0])
        numpy = _optional.require_numpy("to read an array that comes in several chunks")
        result: Any = numpy.empty(counts, self.dtype)
        for key, place in zip(keys, itertools.product(*grid)):
            target = tuple(slice(i * chunk, (i + 1) * chunk) for i, chunk in zip(place, chunks))
            values: Any = numpy.frombuffer(self._get(part + key), self.dtype).reshape(chunks or ())
            result[target] = values[tuple(slice(0, length) for length in result[target].shape)]
        return bytes(result.tobytes())

    def _facts(self, part: str) -> Dict[str, Any]:
        return dict(json.loads(self._get(part + ".zarray", 1024 * 1024)))

    def _get(self, key: str, limit: int = _MAX_BYTES) -> bytes:
        dataset = self._entry.dataset
        inside = f"{self._path}/" if self._path else ""
        address = f"datasets/{dataset.id}/zarr/{path_text(self._entry.path)}/{path_text(inside + key)}"
        with dataset.transport.send("GET", address, {"at": dataset.at}) as response:
            return response.all(limit)


def select(index: Any, shape: Tuple[int, ...]) -> List[_Axis]:
    """Returns the selected part of each axis, as numpy's basic indexing does, without negative steps."""
    parts = list(index) if isinstance(index, tuple) else [index]
    given = sum(1 for part in parts if part is not Ellipsis)
    if given > len(shape) or len(parts) - given > 1:
        raise IndexError(f"The array has {len(shape)} axes, and the selection {given}.")
    place = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    parts[place : place + 1] = [slice(None)] * (len(shape) - given)
    return [_axis(part, length, number) for number, (part, length) in enumerate(zip(parts, shape))]


def _axis(part: Any, length: int, number: int) -> _Axis:
    if isinstance(part, slice):
        start, stop, step = part.indices(length)
        if step < 1:
            raise InvalidRequestError("Steps of a selection must be positive; reverse the array that you get.")
        return _Axis(start, max(start, stop), step, False)
    position: Optional[int] = part.__index__() if hasattr(part, "__index__") else None
    if position is None:
        raise IndexError("Select with numbers, slices and '...'.")
    if not -length <= position < length:
        raise IndexError(f"The axis {number} has {length} values, no value {position}.")
    position %= length
    return _Axis(position, position + 1, 1, True)
