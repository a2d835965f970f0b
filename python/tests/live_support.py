"""What the tests with a real server share."""

import hashlib
import os
import random
import re
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import hutch
from hutch import _profile

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY / "tests" / "data"
SIZES = (0, 1, 511, 512, 513, 65_537, 1_000_003, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1)


def command(*arguments):
    return subprocess.run(("hutch", *arguments), check=True, capture_output=True, text=True).stdout


def some_bytes(size, seed=0):
    return random.Random(size * 31 + seed).randbytes(size)


def tree(folder):
    """Kinds, bits and contents of all that a folder holds."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.split("/")[0] == ".hutch":
            continue
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_dir():
            found[name] = "folder" if any(path.iterdir()) else "empty folder"
        else:
            found[name] = (path.stat().st_mode & 0o100, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
    return found


class Relay:
    """Passes connections on to the server, and breaks one each time that so many bytes have passed."""

    def __init__(self, remote, break_after):
        host, port = remote.rsplit("/", 1)[1].split(":")
        self.target, self.left, self.every, self.breaks = (host, int(port)), break_after, break_after, 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self.copy, args=(source, target), daemon=True).start()

    def copy(self, source, target):
        try:
            for piece in iter(lambda: source.recv(16 * 1024), b""):
                with self.lock:
                    self.left -= len(piece)
                    is_broken = self.left < 0
                    if is_broken:
                        self.left, self.breaks = self.every, self.breaks + 1
                if is_broken:
                    break
                target.sendall(piece)
        except OSError:
            pass  # the other direction was broken
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already
            end.close()


class Live(unittest.TestCase):
    def name(self):
        return re.sub(r"[^a-z0-9]+", "-", self.id().rsplit(".", 1)[1].lower())[:50].strip("-")

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Path(folder.name)

    def relay(self, break_after):
        relay = Relay(hutch.connect().remote, break_after)
        self.addCleanup(relay.listener.close)
        client = hutch.connect(relay.url, _profile.find(None, None).token.reveal())
        return relay, client


def make_series():
    """Makes series of each codec: `lysozyme` is closed, the others are open."""
    command("simulate", "dataset", "sim", "--detector", "small", "--images", "20")
    command("ingest", "sim_master.h5", "lysozyme")
    command("close", "lysozyme", "-m", "as measured")
    command("ingest", str(DATA / "synthetic" / "synth_master.h5"), "synthetic")
    command("ingest", str(DATA / "dxtbx" / "omega_scan.cbf"), "pilatus")
    for codec in ("gzip", "lz4", "none"):
        command("simulate", "dataset", codec, "--detector", "tiny", "--images", "3", "--bits", "32", "--compression", codec)
        command("ingest", f"{codec}_master.h5", f"of-{codec}")
