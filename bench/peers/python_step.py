"""The step of the benchmark "steps", and a peer of it.

    python_step.py HELPER                       serves the step; HELPER is the folder of the module step.py
    python_step.py alone SECONDS                the step on an array in memory: milliseconds of a frame
    python_step.py watch FOLDER FRAMES ROWS COLUMNS   a watcher that reads, decodes and processes files, and writes a row for each

The step counts the pixels above a threshold.
"""
import os
import sys
import time

import numpy

POLL_SECONDS = 0.01


def count(pixels):
    return int(numpy.count_nonzero(pixels > 10))


def alone(seconds):
    pixels = numpy.ones((2162, 2068), "<u2")
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter()
        count(pixels)
        times.append(time.perf_counter() - begin)
    print(1000 * sorted(times)[len(times) // 2])


def watch(folder, frames, rows, columns):
    import bitshuffle

    known = set()
    with open(os.path.join(folder, ".rows"), "w") as results:
        while len(known) < frames:
            for name in sorted(set(os.listdir(folder)) - known):
                if name.startswith("."):
                    continue
                known.add(name)
                stored = numpy.fromfile(os.path.join(folder, name), "u1")
                pixels = bitshuffle.decompress_lz4(stored[12:], (rows, columns), numpy.dtype("<u2"), 4096)
                results.write('{"frame": %d, "count": %d}\n' % (int(name), count(pixels)))
                results.flush()
            if len(known) < frames:
                time.sleep(POLL_SECONDS)


if sys.argv[1] == "alone":
    alone(float(sys.argv[2]))
elif sys.argv[1] == "watch":
    begin = time.monotonic()
    watch(sys.argv[2], *map(int, sys.argv[3:6]))
    print(time.monotonic() - begin)
else:
    sys.path.insert(0, sys.argv[1])
    from step import serve

    serve(lambda frame: {"count": count(frame.pixels)}, name="count", columns={"count": "integer"})
