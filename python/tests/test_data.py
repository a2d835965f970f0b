"""Files by ranges, codecs and selections, without a server."""

import hashlib
import io
import json
import random
import struct
import unittest
import zlib
from pathlib import Path
from unittest import mock

from hutch import _array, _codecs, _lz4, _optional, errors
from hutch._file import BLOCK_BYTES, CACHED_BLOCKS, MAX_AHEAD_BLOCKS, RangeFile, open_file

SYNTHETIC = Path(__file__).parents[2] / "tests" / "data" / "synthetic"


class Source:
    """Bytes that count the requests for them."""

    def __init__(self, size, seed=1):
        self.data = random.Random(seed).randbytes(size)
        self.asked = []

    def fetch(self, start, end):
        self.asked.append((start, end))
        return self.data[start:end]

    def open(self, sha256=None):
        return RangeFile("file", len(self.data), sha256 or hashlib.sha256(self.data).hexdigest(), self.fetch)


class Files(unittest.TestCase):
    def test_any_reads_and_seeks_give_the_bytes(self):
        source = Source(3 * BLOCK_BYTES + 17)
        chance = random.Random(2)
        with open_file(source.open(), "rb") as file:
            for _ in range(500):
                start, count = chance.randrange(len(source.data) + 10), chance.choice((0, 1, 7, 4096, BLOCK_BYTES + 1))
                file.seek(start)
                self.assertEqual(source.data[start : start + count], file.read(count))
            self.assertEqual(len(source.data), file.seek(0, io.SEEK_END))
            self.assertEqual(b"", file.read())

    def test_reading_forward_takes_few_requests_and_seeking_small_ones(self):
        source = Source(64 * BLOCK_BYTES)
        with open_file(source.open(), "rb") as file:
            self.assertEqual(source.data, file.read())
        self.assertLess(len(source.asked), 10)
        self.assertEqual(MAX_AHEAD_BLOCKS * BLOCK_BYTES, max(end - start for start, end in source.asked))
        source.asked.clear()
        with open_file(source.open(), "rb") as file:
            file.seek(40 * BLOCK_BYTES)
            file.read(10)
        self.assertEqual([(40 * BLOCK_BYTES, 41 * BLOCK_BYTES)], source.asked)

    def test_the_cache_is_bounded(self):
        source = Source((CACHED_BLOCKS + 40) * BLOCK_BYTES)
        raw = source.open()
        while raw.read(BLOCK_BYTES):
            self.assertLessEqual(len(raw._blocks), CACHED_BLOCKS)

    def test_a_file_that_is_read_whole_is_compared_with_its_hash(self):
        source = Source(2 * BLOCK_BYTES + 5)
        with open_file(source.open(sha256="0" * 64), "rb") as file:
            file.read(BLOCK_BYTES)  # a part is not compared
            file.seek(0)
            with self.assertRaises(errors.IntegrityError):
                file.read()

    def test_text_and_empty_files(self):
        self.assertEqual("", open_file(Source(0).open(), "r").read())
        with self.assertRaises(errors.InvalidRequestError):
            open_file(Source(1).open(), "wb")


class Codecs(unittest.TestCase):
    def setUp(self):
        expected = json.loads((SYNTHETIC / "expected.json").read_text())
        self.chunk = (SYNTHETIC / "chunk_000001.bslz4").read_bytes()
        self.size = 253 * 331 * 2
        self.expected = str(expected)

    def ways(self):
        for unpack in {_lz4.unpack, _lz4.unpack_in_python}:
            for numpy in {_optional.numpy, None}:
                with mock.patch.object(_lz4, "unpack", unpack), mock.patch.object(_optional, "numpy", numpy):
                    with self.subTest(unpack=unpack.__name__, numpy=numpy is not None):
                        yield

    def test_a_frame_is_decoded_with_and_without_numpy_and_the_library(self):
        for _ in self.ways():
            pixels = _codecs.decode("bslz4", 2, 0, self.chunk, self.size)
            self.assertIn(hashlib.sha256(pixels).hexdigest(), self.expected)

    def test_damaged_frames_are_errors_and_nothing_else(self):
        chance = random.Random(3)
        refused = 0
        for _ in self.ways():
            for _ in range(60):
                damaged = bytearray(self.chunk)
                for _ in range(chance.randrange(1, 4)):
                    damaged[chance.randrange(len(damaged))] = chance.randrange(256)
                damaged = damaged[: chance.randrange(len(damaged)) if chance.random() < 0.3 else None]
                try:
                    self.assertEqual(self.size, len(_codecs.decode("bslz4", 2, 0, bytes(damaged), self.size)))
                except errors.IntegrityError:
                    refused += 1
        self.assertGreater(refused, 30)

    def test_lz4_with_and_without_the_library_agree_on_overlaps_and_long_lengths(self):
        long = b"\x1fA\x01\x00" + b"\xff" * 3 + b"\x05" + b"\x50bcdef"  # A, then 4 + 15 + 3 · 255 + 5 times, then bcdef
        plain = b"A" * (1 + 4 + 15 + 765 + 5) + b"bcdef"
        for unpack in (_lz4.unpack, _lz4.unpack_in_python):
            buffer = bytearray(len(plain))
            self.assertTrue(unpack(memoryview(long), buffer, 0, len(plain)))
            self.assertEqual(plain, buffer)
            self.assertFalse(unpack(memoryview(long), bytearray(len(plain) + 1), 0, len(plain) + 1))
            self.assertFalse(unpack(memoryview(long[:-1]), bytearray(len(plain)), 0, len(plain)))

    def test_the_other_codecs(self):
        pixels = struct.pack("<8H", 0, 1, 2, 300, 65535, 7, 8, 9)
        shuffled = pixels[0::2] + pixels[1::2]
        stored = struct.pack(">QII", 16, 16, 16) + pixels
        cases = {
            ("raw", 0): pixels,
            ("bslz4", 1): pixels,
            ("lz4", 0): stored,
            ("gzip", 0): zlib.compress(pixels),
            ("shuffle-gzip", 0): zlib.compress(shuffled),
            ("shuffle-gzip", 1): zlib.compress(pixels),
            ("shuffle-gzip", 2): shuffled,
            ("shuffle-gzip", 3): pixels,
        }
        for (codec, mask), chunk in cases.items():
            with self.subTest(codec=codec, mask=mask):
                self.assertEqual(pixels, _codecs.decode(codec, 2, mask, chunk, 16))
                with self.assertRaises(errors.IntegrityError):
                    _codecs.decode(codec, 2, mask, chunk[:-1], 16)
                with self.assertRaises(errors.IntegrityError):
                    _codecs.decode(codec, 2, mask, chunk, 32)
        with self.assertRaises(errors.IntegrityError):
            _codecs.decode("gzip", 2, 0, zlib.compress(pixels + b"more"), 16)
        with self.assertRaises(errors.IntegrityError):
            _codecs.decode("unheard-of", 2, 0, pixels, 16)

    def test_byte_offset_with_all_widths(self):
        values = [5, -128, 300, -32768, 70_000, 70_001, -(2**31), 2**31 - 1]
        chunk = b"\x05" + b"\x80" + struct.pack("<h", -133) + b"\x80" + struct.pack("<h", 428)
        chunk += b"\x80" + struct.pack("<hi", -0x8000, -33068) + b"\x80" + struct.pack("<hi", -0x8000, 102_768) + b"\x01"
        chunk += b"\x80" + struct.pack("<hi", -0x8000, -(2**31) + 1)  # wraps on purpose: a difference is of 32 bits
        expected = struct.pack("<6i", *values[:6]) + struct.pack("<i", 70_001 - 2**31 + 1)
        for numpy in {_optional.numpy, None}:
            with mock.patch.object(_optional, "numpy", numpy), self.subTest(numpy=numpy is not None):
                self.assertEqual(expected, _codecs.decode("byte-offset", 4, 0, chunk, 28))
                for bad in (chunk[:-1], chunk + b"\x00"):
                    with self.assertRaises(errors.IntegrityError):
                        _codecs.decode("byte-offset", 4, 0, bad, 28)


@unittest.skipIf(_optional.numpy is None, "numpy is the oracle")
class Selections(unittest.TestCase):
    def test_a_selection_is_that_of_numpy(self):
        array = _optional.numpy.arange(4 * 5 * 6).reshape(4, 5, 6)
        cases = (1, -1, slice(1, 3), slice(None, None, 2), (1, 2, 3), (slice(0, 9), 2), ..., (..., 3), (1, ...), (..., slice(5, 2)), ())
        for index in cases:
            with self.subTest(index=index):
                axes = _array.select(index, array.shape)
                part = array[tuple(slice(axis.start, axis.stop, axis.step) for axis in axes)]
                kept = tuple(axis.length() for axis in axes if not axis.is_dropped)
                self.assertTrue((part.reshape(kept) == array[index]).all())
                self.assertEqual(array[index].shape, kept)

    def test_what_cannot_be_selected_is_refused(self):
        for index in (9, -5, (0, 0, 0, 0), (..., ...), "name", slice(None, None, -1)):
            with self.subTest(index=index), self.assertRaises((IndexError, errors.InvalidRequestError)):
                _array.select(index, (4, 5, 6))


if __name__ == "__main__":
    unittest.main()
