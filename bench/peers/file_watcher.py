"""A peer of the benchmark "live": frames as files, and a watcher that looks for new ones ten times a second.

    file_watcher.py FOLDER CELL...        CELL is BYTES:RATE:FRAMES:WARM_UP

The writer syncs each file under another name and renames it. The watcher reads each new file and writes and syncs a result. Printed, a line a
cell: the cell, the seconds that writing took, and the milliseconds from when each frame (after WARM_UP) was at hand until its result was
durable.
"""
import os
import shutil
import sys
import threading
import time

POLL_SECONDS = 0.1


def write(path, data):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(handle, data)
    os.fsync(handle)
    os.close(handle)


def watch(folder, results, frames, done):
    known = set()
    while len(known) < frames:
        for name in sorted(set(os.listdir(folder)) - known):
            if name.startswith("."):
                continue
            known.add(name)
            with open(os.path.join(folder, name), "rb") as file:
                size = len(file.read())
            write(os.path.join(results, name), b"%d\n" % size)
            done[int(name)] = time.monotonic()
        time.sleep(POLL_SECONDS)


def main():
    for cell in sys.argv[2:]:
        size, rate, frames, warm_up = (int(part) for part in cell.split(":"))
        folder, results = (os.path.join(sys.argv[1], name) for name in ("frames", "results"))
        os.makedirs(folder)
        os.makedirs(results)
        body = bytearray(os.urandom(size))
        done, at_hand = {}, {}
        watcher = threading.Thread(target=watch, args=(folder, results, frames, done))
        watcher.start()
        began = time.monotonic()
        for frame in range(frames):
            at_hand[frame] = began + frame / rate
            time.sleep(max(0, at_hand[frame] - time.monotonic()))
            hidden, name = (os.path.join(folder, prefix + f"{frame:08d}") for prefix in (".", ""))
            body[:8] = b"%08d" % frame
            write(hidden, body)
            os.rename(hidden, name)
        took = time.monotonic() - began
        watcher.join()
        print(cell, f"{took:.2f}", *(f"{(done[frame] - at_hand[frame]) * 1000:.3f}" for frame in range(warm_up, frames)), flush=True)
        shutil.rmtree(folder)
        shutil.rmtree(results)


if __name__ == "__main__":
    main()
