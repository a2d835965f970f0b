"""Detector frames as arrays."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import _blobs, _codecs, _optional
from ._entries import PAGE, Entry
from .errors import IntegrityError, NotFoundError, ServerError

if TYPE_CHECKING:
    from ._dataset import Dataset

_NUMBER = re.compile(r"[0-9]{6,9}")
_BATCH_BYTES = 32 * 1024 * 1024
_LARGEST_SIX_DIGITS = 999_999
_ELEMENT_BYTES = {"int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4}


class RawArray(NamedTuple):
    """An array without numpy."""

    data: bytes
    """The values, little-endian, in row-major order."""
    shape: Tuple[int, ...]
    dtype: str
    """The name of the type, such as ``uint16``."""


class Frames:
    """The frames of a series in the order of their numbers, as an array of images, rows and columns.

    ``frames[10]`` is an image, ``frames[10:20]`` a stack of images, and ``frames[10:20, 100:200, :]`` a part of each.
    Frames are fetched compressed, compared with their SHA-256 and decoded here, also those of a dataset that still
    grows. Without numpy, the result is a :class:`RawArray` of whole images.
    """

    def __init__(self, dataset: Dataset, channel: str = "") -> None:
        self._dataset = dataset
        self._channel = channel
        self._folder = self._find_folder(channel)
        self._found: Dict[int, Entry] = {}
        self._order: List[int] = []
        self._header: Optional[Dict[str, Any]] = None
        self._is_complete = False

    @property
    def header(self) -> Dict[str, Any]:
        """Everything known about the series: the configuration of the detector, in SI units (wavelength in Å)."""
        if self._header is None:
            self._header = json.loads(self._dataset["header"].read_bytes())
        return self._header

    @property
    def channels(self) -> List[str]:
        """The names of the channels; the first one is that of these frames."""
        return list(self._facts.get("channels") or [""])

    def channel(self, name: str) -> Frames:
        """Returns the frames of another channel, such as an energy threshold."""
        return Frames(self._dataset, "" if name == self.channels[0] else name)

    @property
    def dtype(self) -> str:
        """The type of a pixel, such as ``uint16``. The largest value of an unsigned type marks a pixel without data."""
        kind = self._facts.get("type") or f"uint{self.header.get('bit_depth_image')}"
        if kind not in _ELEMENT_BYTES:
            raise ServerError(f"The header of {self._dataset.reference} names the type {kind!r}, which no frame has.")
        return str(kind)

    @property
    def image_shape(self) -> Tuple[int, int]:
        """Rows and columns of an image."""
        header = self.header
        shape = self._facts.get("shape") or (header["y_pixels_in_detector"], header["x_pixels_in_detector"])
        return int(shape[0]), int(shape[1])

    @property
    def shape(self) -> Tuple[int, int, int]:
        """Images, rows and columns."""
        return (len(self), *self.image_shape)

    @property
    def numbers(self) -> Sequence[int]:
        """The number of each image, as the detector counted it. Missing images have no number here."""
        self._update()
        return tuple(self._order)

    def __len__(self) -> int:
        self._update()
        return len(self._order)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __repr__(self) -> str:
        return f"<Frames of {self._dataset.reference}: {len(self)} of {self.image_shape}, {self.dtype}>"

    def __getitem__(self, index: Any) -> Any:
        first, rest = (index[0], index[1:]) if isinstance(index, tuple) else (index, ())
        is_stack = isinstance(first, slice)
        images: Any = self._read(self._entries()[first]) if is_stack else self._read_one(self._entry(first))
        if not rest:
            return images
        _optional.require_numpy("to select a part of an image; without it, read whole images")
        return images[(slice(None), *rest) if is_stack else rest]

    def __iter__(self) -> Iterator[Any]:
        return self._images(self._entries())

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        images = self[:]
        return images if dtype is None else images.astype(dtype)

    def by_number(self, number: int) -> Any:
        """Returns the image with this number."""
        self._update()
        if number not in self._found:
            raise NotFoundError(f"{self._dataset.reference} has no frame {number}.", code="not-found")
        return self._read_one(self._found[number])

    def binned(self, index: int, bin: int = 4) -> Any:
        """Returns a smaller image, which the server makes: each pixel is the largest valid one of a square.

        :param bin: the side of the square, 2 to 64.
        """
        entry = self._entry(index)
        path = f"datasets/{self._dataset.id}/entries/{entry.path}"
        with self._dataset.transport.send("GET", path, {"at": self._dataset.at, "bin": bin}) as response:
            rows, columns = (int(side) for side in response.headers.get("X-Hutch-Frame-Shape", "0,0").split(","))
            width = _ELEMENT_BYTES[self.dtype]
            chunk = response.all(rows * columns * width * 2 + 4096)
        return self._image(_codecs.decode("bslz4", width, 0, chunk, rows * columns * width), (rows, columns))

    @property
    def _facts(self) -> Dict[str, Any]:
        return self.header.get("hutch") or {}

    def _find_folder(self, channel: str) -> str:
        if not channel:
            return ""
        # The name of a channel that no folder can have is replaced by eight digits of its hash.
        replaced = f"channel-{hashlib.sha256(channel.encode()).hexdigest()[:8]}"
        for folder in (channel, replaced):
            if self._dataset.tree(prefix=folder + "/", limit=1)["items"]:
                return folder + "/"
        raise NotFoundError(f"{self._dataset.reference} has no frames of the channel {channel!r}.", code="not-found")

    def _entries(self) -> List[Entry]:
        self._update()
        return [self._found[number] for number in self._order]

    def _entry(self, index: int) -> Entry:
        self._update()
        try:
            return self._found[self._order[index]]
        except IndexError:
            raise IndexError(f"{self._dataset.reference} has {len(self._order)} frames, no frame {index}.") from None

    def _update(self) -> None:
        """Lists the frames, or those that came since the last time."""
        if self._is_complete:
            return
        last = self._order[-1] if self._order and self._order[-1] < _LARGEST_SIX_DIGITS else None
        after: Optional[str] = None if last is None else f"{self._folder}{last:06}"
        while True:
            page = self._dataset.tree(prefix=self._folder, delimiter="/", after=after, limit=PAGE)
            for info in page["items"]:
                name = info["path"][len(self._folder) :]
                if info["kind"] == "file" and _NUMBER.fullmatch(name):
                    self._found[int(name)] = Entry(self._dataset, info)
            after = page.get("next")
            if not after:
                break
        self._order = sorted(self._found)
        self._is_complete = self._dataset.version is not None or self._dataset.state == "closed"

    def _read_one(self, entry: Entry) -> Any:
        (image,) = self._images([entry])
        return image

    def _read(self, entries: Sequence[Entry]) -> Any:
        """Returns a stack of images. Decoding in several threads takes longer: they wait for the interpreter's lock."""
        shape = (len(entries), *self.image_shape)
        if _optional.numpy is None:
            return RawArray(b"".join(image.data for image in self._images(entries)), shape, self.dtype)
        stack: Any = _optional.numpy.empty(shape, self._numpy_type())
        for number, image in enumerate(self._images(entries)):
            stack[number] = image
        return stack

    def _images(self, entries: Sequence[Entry]) -> Iterator[Any]:
        for batch in _blobs.batches(entries, _BATCH_BYTES):
            for entry, chunk in _blobs.fetch(self._dataset, batch):
                yield self._image(self._decode(entry, chunk))

    def _decode(self, entry: Entry, chunk: bytes) -> bytearray:
        own = entry.info.get("metadata") or {}
        codec = own.get("hutch-codec") or self._facts.get("codec") or "bslz4"
        mask = int(own.get("hutch-filter-mask", 0))
        rows, columns = self.image_shape
        width = _ELEMENT_BYTES[self.dtype]
        try:
            return _codecs.decode(codec, width, mask, chunk, rows * columns * width)
        except IntegrityError as error:
            raise IntegrityError(f"{self._dataset.reference}, frame {entry.path}: {error.message}") from error

    def _image(self, pixels: bytearray, shape: Optional[Tuple[int, int]] = None) -> Any:
        if _optional.numpy is None:
            return RawArray(bytes(pixels), shape or self.image_shape, self.dtype)
        return _optional.numpy.frombuffer(pixels, self._numpy_type()).reshape(shape or self.image_shape)

    def _numpy_type(self) -> Any:
        return _optional.numpy.dtype(self.dtype).newbyteorder("<")
