"""LZ4 blocks, unpacked by the system's library, or without it in Python.

The format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
"""

from __future__ import annotations

import ctypes
from typing import Callable, Optional

Unpack = Callable[[memoryview, bytearray, int, int], bool]
"""Unpacks a block into the buffer from a position on; false unless it fills exactly that many bytes."""

_NAMES = ("liblz4.so.1", "liblz4.1.dylib", "liblz4.dylib", "liblz4.dll")


def unpack_in_python(block: memoryview, into: bytearray, start: int, length: int) -> bool:
    """Unpacks a block without a library. Damaged blocks never read or write outside their part of the buffer."""
    out, end, i, size = start, start + length, 0, len(block)
    try:
        while True:
            token = block[i]
            i += 1
            literals = token >> 4
            if literals == 15:
                while True:
                    more = block[i]
                    i += 1
                    literals += more
                    if more != 255:
                        break
            if literals:
                if i + literals > size or out + literals > end:
                    return False
                into[out : out + literals] = block[i : i + literals]
                i += literals
                out += literals
            if i == size:
                return out == end
            distance = block[i] | block[i + 1] << 8
            i += 2
            match = token & 15
            if match == 15:
                while True:
                    more = block[i]
                    i += 1
                    match += more
                    if more != 255:
                        break
            match += 4
            source = out - distance
            if distance == 0 or source < start or out + match > end:
                return False
            if distance >= match:
                into[out : out + match] = into[source : source + match]
            else:
                pattern = into[source:out]  # overlaps what it makes: repeats
                into[out : out + match] = (pattern * (match // distance + 1))[:match]
            out += match
    except IndexError:
        return False


def find_library() -> Optional[Unpack]:
    """Returns the function of the system's library, which is four times as fast; None without it."""
    for name in _NAMES:
        try:
            function = ctypes.PyDLL(name).LZ4_decompress_safe
        except (OSError, AttributeError):
            continue
        function.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
        function.restype = ctypes.c_int

        def unpack(block: memoryview, into: bytearray, start: int, length: int) -> bool:
            target = ctypes.c_char.from_buffer(into)  # keeps the buffer in place while the library fills it
            address = ctypes.addressof(target) + start
            return bool(function(bytes(block), address, len(block), length) == length)

        return unpack
    return None


unpack: Unpack = find_library() or unpack_in_python
