"""The peer of the benchmark "look": a page of h5py behind the calls of h5grove, for one folder.

    h5py_page.py make FILE FRAMES       a file of frames of 2000 x 2000 pixels (8 MB), nearly all of them holes, as ordinary and as chunks
    h5py_page.py serve FOLDER           answers /data?file=...&path=...&selection=...; prints its port
"""
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import h5py
import numpy

SIDE = 2000
CHUNKED_FRAMES = 50


def make(path, frames):
    pixels = numpy.random.default_rng(1).poisson(3, (SIDE, SIDE)).astype("u2")
    with h5py.File(path, "w") as file:
        plain = file.create_dataset("entry/plain", (frames, SIDE, SIDE), "u2")
        plain[frames // 2] = pixels
        packed = file.create_dataset("entry/packed", (CHUNKED_FRAMES, SIDE, SIDE), "u2", chunks=(1, SIDE, SIDE), compression="gzip", compression_opts=1)
        for i in range(CHUNKED_FRAMES):
            packed[i] = pixels


def part(text):
    if ":" not in text:
        return int(text)
    return slice(*(int(n) if n else None for n in text.split(":")))


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        with h5py.File(os.path.join(FOLDER, query["file"][0]), "r") as file:
            answer = file[query["path"][0]][tuple(part(text) for text in query["selection"][0].split(","))].tobytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    FOLDER = sys.argv[2]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    print(server.server_address[1], flush=True)
    server.serve_forever()
