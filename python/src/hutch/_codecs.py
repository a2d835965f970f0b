"""Decoders of stored frames, as docs/formats/frames.md specifies them.

A frame whose announced size differs from that of the image is refused, and so is every damaged one.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from itertools import accumulate
from typing import Callable, Dict, Optional

from . import _lz4, _optional
from .errors import IntegrityError

_HEADER = struct.Struct(">QI")
_LENGTH = struct.Struct(">I")
# Blocks are transposed in groups that stay in the cache of a processor.
_CACHED_BYTES = 256 * 1024


def decode(codec: str, element_bytes: int, filter_mask: int, chunk: bytes, image_bytes: int) -> bytearray:
    """Returns the pixels of a frame, little-endian, row by row.

    :param filter_mask: HDF5's filter mask: bit *i* is set if the *i*-th filter was left out.
    """
    decoder = _DECODERS.get(codec)
    if decoder is None:
        raise IntegrityError(f"The codec {codec!r} is not known to this version of the package.")
    view = memoryview(chunk)
    if codec == "shuffle-gzip":
        pixels = _plain(view, image_bytes) if filter_mask & 2 else _inflate(view, image_bytes)
        return pixels if filter_mask & 1 else _unshuffle(pixels, element_bytes)
    return _plain(view, image_bytes) if filter_mask & 1 else decoder(view, element_bytes, image_bytes)


def _plain(chunk: memoryview, image_bytes: int) -> bytearray:
    if len(chunk) != image_bytes:
        raise _damaged(f"it has {len(chunk)} bytes, and its image {image_bytes}")
    return bytearray(chunk)


def _inflate(chunk: memoryview, image_bytes: int) -> bytearray:
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(chunk, image_bytes + 1)
    except zlib.error as error:
        raise _damaged(str(error)) from error
    if len(pixels) != image_bytes or not unpacker.eof:
        raise _damaged(f"it unpacks to another length than the {image_bytes} bytes of its image")
    return bytearray(pixels)


def _unshuffle(pixels: bytearray, element_bytes: int) -> bytearray:
    count = len(pixels) // element_bytes
    result = bytearray(len(pixels))
    for byte in range(element_bytes):
        result[byte::element_bytes] = pixels[byte * count : (byte + 1) * count]
    return result


def _lz4_frame(chunk: memoryview, element_bytes: int, image_bytes: int) -> bytearray:
    block_bytes = _open(chunk, image_bytes)
    result = bytearray(image_bytes)
    position = _HEADER.size
    for start in range(0, image_bytes, max(block_bytes, 1)):
        length = min(block_bytes, image_bytes - start)
        block = _next_block(chunk, position)
        position += _LENGTH.size + len(block)
        if len(block) == length:
            result[start : start + length] = block
        elif not _lz4.unpack(block, result, start, length):
            raise _damaged("a block is not LZ4")
    return result


def _bitshuffle_lz4(chunk: memoryview, element_bytes: int, image_bytes: int) -> bytearray:
    block_bytes = _open(chunk, image_bytes)
    if block_bytes % (8 * element_bytes):
        raise _damaged(f"its block size is {block_bytes}")
    in_blocks = image_bytes - image_bytes % (8 * element_bytes)
    planes = bytearray(in_blocks)
    position = _HEADER.size
    for start in range(0, in_blocks, max(block_bytes, 1)):
        block = _next_block(chunk, position)
        position += _LENGTH.size + len(block)
        if not _lz4.unpack(block, planes, start, min(block_bytes, in_blocks - start)):
            raise _damaged("a block is not LZ4")
    rest = chunk[position : position + image_bytes - in_blocks]
    if len(rest) != image_bytes - in_blocks:
        raise _damaged("it was cut off")
    whole = in_blocks - in_blocks % max(block_bytes, 1)
    pixels = _untranspose(memoryview(planes)[:whole], block_bytes, element_bytes)
    pixels += _untranspose(memoryview(planes)[whole:], in_blocks - whole, element_bytes)
    pixels += rest
    return pixels


def _byte_offset(chunk: memoryview, element_bytes: int, image_bytes: int) -> bytearray:
    data = bytes(chunk)
    steps = array("q")
    i, count = 0, image_bytes // element_bytes
    try:
        while i < len(data):
            escape = data.find(b"\x80", i)
            steps.extend(memoryview(data).cast("b")[i : len(data) if escape < 0 else escape])
            if escape < 0:
                break
            (step,) = struct.unpack_from("<h", data, escape + 1)
            i = escape + 3
            if step == -0x8000:
                (step,) = struct.unpack_from("<i", data, i)
                i += 4
            steps.append(step)
    except struct.error as error:
        raise _damaged("it was cut off") from error
    if len(steps) != count:
        raise _damaged(f"it has {len(steps)} pixels, and its image {count}")
    mask = (1 << 8 * element_bytes) - 1
    numpy = _optional.numpy
    if numpy is not None:
        values = numpy.cumsum(numpy.frombuffer(steps, "i8")) & mask if count else numpy.zeros(0)
        return bytearray(values.astype(f"<u{element_bytes}").tobytes())
    kind = {1: "B", 2: "H", 4: "I"}[element_bytes]
    return bytearray(struct.pack(f"<{count}{kind}", *(value & mask for value in accumulate(steps))))


def _open(chunk: memoryview, image_bytes: int) -> int:
    if len(chunk) < _HEADER.size:
        raise _damaged("it was cut off")
    size, block_bytes = _HEADER.unpack_from(chunk)
    if size != image_bytes:
        raise _damaged(f"it announces {size} bytes, and its image has {image_bytes}")
    if block_bytes == 0 and image_bytes:
        raise _damaged("its block size is 0")
    return int(block_bytes)


def _next_block(chunk: memoryview, position: int) -> memoryview:
    if position + _LENGTH.size > len(chunk):
        raise _damaged("it was cut off")
    (length,) = _LENGTH.unpack_from(chunk, position)
    block = chunk[position + _LENGTH.size : position + _LENGTH.size + length]
    if len(block) != length:
        raise _damaged("it was cut off")
    return block


def _untranspose(planes: memoryview, block_bytes: int, element_bytes: int) -> bytearray:
    """Turns bit planes into pixels, for blocks of equal length."""
    if not planes:
        return bytearray()
    if _optional.numpy is not None:
        return _untranspose_with_numpy(planes, block_bytes, element_bytes)
    result = bytearray()
    for start in range(0, len(planes), block_bytes):
        result += _untranspose_block(planes[start : start + block_bytes], element_bytes)
    return result


def _untranspose_with_numpy(planes: memoryview, block_bytes: int, element_bytes: int) -> bytearray:
    numpy = _optional.numpy
    count, plane_bytes = len(planes) // block_bytes, block_bytes // (8 * element_bytes)
    bits = numpy.frombuffer(planes, "u1").reshape(count, element_bytes, 8, plane_bytes)
    result = bytearray(len(planes))
    pixels = numpy.frombuffer(result, "u1").reshape(count, plane_bytes * 8, element_bytes)
    group = max(1, _CACHED_BYTES // block_bytes)
    for start in range(0, count, group):
        # Eight bytes, one of each plane, are a matrix of bits, transposed by three swaps (Hacker's Delight, 7-3).
        rows = numpy.ascontiguousarray(bits[start : start + group].swapaxes(2, 3)).view("<u8")[..., 0]
        swapped = numpy.empty_like(rows)
        for shift, mask in _SWAPS:
            numpy.right_shift(rows, numpy.uint64(shift), out=swapped)
            swapped ^= rows
            swapped &= numpy.uint64(mask)
            rows ^= swapped
            swapped <<= numpy.uint64(shift)
            rows ^= swapped
        pixels[start : start + group] = rows.view("u1").reshape(-1, element_bytes, plane_bytes * 8).swapaxes(1, 2)
    return result


_SWAPS = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))
_SPREAD = [bytes(number >> bit & 1 for bit in range(8)) for number in range(256)]


def _untranspose_block(planes: memoryview, element_bytes: int) -> bytearray:
    plane_bytes = len(planes) // (8 * element_bytes)
    result = bytearray(len(planes))
    for byte in range(element_bytes):
        total = 0
        for bit in range(8):
            start = (byte * 8 + bit) * plane_bytes
            spread = b"".join([_SPREAD[number] for number in planes[start : start + plane_bytes]])
            total |= int.from_bytes(spread, "little") << bit
        result[byte::element_bytes] = total.to_bytes(8 * plane_bytes, "little")
    return result


def _damaged(why: str) -> IntegrityError:
    return IntegrityError(f"The frame is damaged: {why}.")


_Decoder = Callable[[memoryview, int, int], bytearray]
_DECODERS: Dict[str, Optional[_Decoder]] = {
    "raw": lambda chunk, _, image_bytes: _plain(chunk, image_bytes),
    "bslz4": _bitshuffle_lz4,
    "lz4": _lz4_frame,
    "gzip": lambda chunk, _, image_bytes: _inflate(chunk, image_bytes),
    "shuffle-gzip": lambda chunk, _, image_bytes: _inflate(chunk, image_bytes),
    "byte-offset": _byte_offset,
}
