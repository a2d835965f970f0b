#!/usr/bin/env python3
"""The processor time of a test run, as the kernel accounts it (acct(2), acct(5)), and its record in tests/processor.txt.

  on FILE                      account every process that ends from now on; exit code 1 where that is not possible (another user than root)
  off                          stop it
  total FILE                   the seconds of all accounted processes
  by-program FILE              a table of them
  report FILE FOLDER MACHINE MINUTES [--record RECORD]
                               name the classes of tests that grew, or write the record anew. FOLDER has PROJECT.classes (SECONDS CLASS: inside the
                               test program), PROJECT.children (PID CLASS) and PROJECT.processor (USER SYSTEM); MACHINE: the seconds that this
                               machine needs for the fixed piece of work (build/test.sh); MINUTES: the run by the clock
"""
import collections
import ctypes
import os
import pathlib
import struct
import sys

RECORD = pathlib.Path(__file__).resolve().parent.parent / "tests" / "processor.txt"
GROWN_SECONDS = 10.0
SHOWN = 10
# Classes below it are left out of the record: it would change with each run.
LEAST_SECONDS = 2.0
# struct acct_v3 (linux/acct.h): flag, version, tty, exit code, uid, gid, pid, ppid, begin, elapsed, user, system, …, command
PROCESS = struct.Struct("<BBHIIIIIIf8H16s")
TICKS = 100

Process = collections.namedtuple("Process", "pid parent begin end seconds command")


def account(path):
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.acct(None if path is None else os.fsencode(path)) == 0


def ticks(packed):
    """comp_t: 13 bits, and 3 bits of an exponent of 8."""
    return (packed & 0x1FFF) << (3 * (packed >> 13))


def processes(path):
    with open(path, "rb") as accounts:
        while len(record := accounts.read(PROCESS.size)) == PROCESS.size:
            fields = PROCESS.unpack(record)
            begin = fields[8]
            yield Process(fields[6], fields[7], begin, begin + fields[9] / TICKS, (ticks(fields[10]) + ticks(fields[11])) / TICKS,
                          fields[18].split(b"\0")[0].decode("latin1"))


def by_program(path):
    seconds, count = collections.Counter(), collections.Counter()
    for one in processes(path):
        seconds[one.command] += one.seconds
        count[one.command] += 1
    print(f"{'program':16} {'count':>7} {'seconds':>9} {'each':>8}")
    for command, total in seconds.most_common(40):
        print(f"{command:16} {count[command]:7} {total:9.1f} {total / count[command]:8.3f}")
    print(f"{'all':16} {sum(count.values()):7} {sum(seconds.values()):9.1f}")


def lines(folder, kind):
    """PROJECT, and a line of two words each."""
    for path in sorted(pathlib.Path(folder).glob(f"*.{kind}")):
        for line in path.read_text().splitlines():
            first, second = line.split(" ", 1)
            yield path.name.removesuffix(f".{kind}"), first, second


def classes(path, folder):
    """The seconds of each class: its own, and those of the processes that it started, with all that they started."""
    seconds = collections.Counter()
    for _, own, name in lines(folder, "classes"):
        seconds[name] += float(own)
    started = {int(pid): name for _, pid, name in lines(folder, "children")}
    ended = collections.defaultdict(list)
    known = list(processes(path)) if path else []
    for one in known:
        ended[one.pid].append(one)
    for one in known:
        ancestor, steps = one, 0
        while ancestor is not None and ancestor.pid not in started and steps < 20:
            # An id is used again after some time: the parent is the one that ran when its child began.
            ancestor = next((up for up in ended[ancestor.parent] if up.begin <= ancestor.begin <= up.end + 1), None)
            steps += 1
        if ancestor is not None and ancestor.pid in started:
            seconds[started[ancestor.pid]] += one.seconds
    return seconds


def read_record(path):
    record = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            value, name = line.split(" ", 1)
            record[name] = float(value)
    return record


def report(accounts, folder, machine, minutes, target):
    total = sum(one.seconds for one in processes(accounts))
    seconds = classes(accounts, folder)
    if target is not None:
        rows = [f"{machine:.2f} machine", f"{minutes} minutes", f"{total:.0f} run"] + [f"{value:.0f} {name}" for name, value in sorted(seconds.items()) if value >= LEAST_SECONDS]
        target.write_text("# Processor time in seconds, written by ./run test --record: the fixed piece of work, the\n"
                          "# whole run (and its minutes by the clock), and each class of tests.\n"
                          + "\n".join(rows) + "\n")
        print(f"\nrecorded {total:.0f} s of processor in tests/processor.txt")
        return
    record = read_record(RECORD)
    scale = machine / record["machine"]
    print(f"\nprocessor time of the run: {total:.0f} s; recorded: {record['run']:.0f} s, on this machine {record['run'] * scale:.0f} s")
    print("the classes of tests with most of it:")
    for name, value in seconds.most_common(SHOWN):
        print(f"  {value:7.1f} s  {name}")
    grown = [(name, value, record.get(name, 0.0) * scale) for name, value in seconds.items() if value - record.get(name, 0.0) * scale > GROWN_SECONDS * scale]
    if grown:
        print("GREW by more than 10 s, scaled to this machine (./run test --record accepts it):")
        for name, value, before in sorted(grown, key=lambda one: one[2] - one[1]):
            print(f"  {before:7.1f} → {value:.1f} s  {name}")


def main(arguments):
    match arguments:
        case ["on", path]:
            return 0 if account(path) else 1
        case ["off"]:
            return 0 if account(None) else 1
        case ["total", path]:
            print(f"{sum(one.seconds for one in processes(path)):.0f}")
        case ["by-program", path]:
            by_program(path)
        case ["report", accounts, folder, machine, minutes]:
            report(accounts, folder, float(machine), minutes, None)
        case ["report", accounts, folder, machine, minutes, "--record", target]:
            report(accounts, folder, float(machine), minutes, pathlib.Path(target))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
