"""A peer of the benchmarks "agent": looks at folders once a second, or as often as it can.

    folder_poller.py folders PARENT SECONDS    whether the metadata file is in one of the folders of the parent
    folder_poller.py files FOLDER SECONDS      files that are new, or have another size or time, at any depth

Printed with "files": the name of each file of full size and when it was seen first, nanoseconds of the monotonic clock, a line each. The last
line says what it cost of a core, and how long a round took.
"""
import os
import sys
import time

PERIOD_SECONDS = 1.0
FULL_BYTES = 64 << 10


def look_for_metadata(parent, _):
    with os.scandir(parent) as entries:
        return [entry.name for entry in entries if entry.is_dir() and os.path.exists(os.path.join(entry.path, "SPA.yml"))]


def look_for_files(folder, known):
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                stat = os.lstat(os.path.join(path, name))
            except FileNotFoundError:
                continue
            version = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
            if known.get((path, name)) != version:
                known[path, name] = version
                if stat.st_size == FULL_BYTES:
                    print(name, time.monotonic_ns())


def main():
    look = {"folders": look_for_metadata, "files": look_for_files}[sys.argv[1]]
    begin, rounds, spent, known = time.monotonic(), 0, 0.0, {}
    processor = time.process_time()
    while time.monotonic() - begin < float(sys.argv[3]):
        start = time.monotonic()
        look(sys.argv[2], known)
        took = time.monotonic() - start
        rounds, spent = rounds + 1, spent + took
        time.sleep(max(0.0, PERIOD_SECONDS - took))
    share = (time.process_time() - processor) / (time.monotonic() - begin)
    print(f"{share * 100:.1f} % of a core, a round takes {spent / rounds * 1000:.0f} ms")


main()
