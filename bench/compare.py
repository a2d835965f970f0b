#!/usr/bin/env python3
"""Compares two executables of Hutch in interleaved pairs; prints the ratio NEW / OLD of each figure with its 95 % interval.

usage: compare.py OLD NEW [--pairs N] [NAME ...]     NAME: startup, put, get, list, push-clone

Both servers run all the time on folders of their own. Only one works at a moment; which goes first changes from pair to pair.
Servers are started again several times: two processes of the same program differ by as much as a tenth in what they are compiled to.
All figures are rates (a time is turned over), so that more than 1 means that NEW is faster: by the clock, and for a second of the
server's processor time (and, for push and clone, the client's), which says something on a busy machine too. The interval is that of the
mean of the logarithms of the ratios, by Student's t, over the pairs of processes where these serve several pairs. Needs wrk and boto3.
"""

import argparse
import json
import math
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

OBJECTS = 20_000
LISTS = 90
BODY = 4096
SECONDS = 3
FILES, FILE_BYTES = 4000, 10_240
LARGE_OBJECTS, LARGE_BODY, LARGE_SECONDS = 64, 1 << 20, 2
LARGE_FILE_BYTES = 2 << 30
PROCESSES = 6  # of each side, for the figures of servers that run for several pairs

# Student's t, two-sided 95 %, by degrees of freedom; beyond, the normal distribution is near enough.
T95 = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09, 2.09,
       2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04]

# Presigned addresses from a file, in turn; each body is another, so that none is stored already.
LOAD = """
local urls, n = {}, 0
for line in io.lines("%(urls)s") do urls[#urls + 1] = line end
local rest = string.rep("x", %(body)d - 64)
function init(args) math.randomseed(%(seed)d); n = math.random(1, #urls) end
function request()
  n = n + 1
  local url = urls[n %% #urls + 1]
  if "%(method)s" ~= "PUT" then return wrk.format("GET", url) end
  return wrk.format("PUT", url, nil, string.format("%%-64s", "%(seed)d:" .. n) .. rest)
end
function done(summary, latency, requests)
  local e = summary.errors
  local bad = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("RATE %%f ERRORS %%d\\n", summary.requests / (summary.duration / 1e6), bad))
end
"""


class Server:
    def __init__(self, executable, folder):
        self.executable = os.path.abspath(executable)
        self.folder = folder
        self.environment = dict(os.environ, HOME=folder)
        self.process = None
        self.verbs = 0  # processor time of verbs, s
        self.port, self.s3 = free_port(), free_port()  # presigned addresses hold after a restart
        os.makedirs(folder)

    def start(self):
        """Seconds until it is ready."""
        log = f"{self.folder}/log"
        began = time.monotonic()
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                [self.executable, "serve", "--data", f"{self.folder}/data", "--http", f"127.0.0.1:{self.port}", "--s3", f"127.0.0.1:{self.s3}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self.environment)
        while not is_ready(self.port):
            if self.process.poll() is not None:
                sys.exit(f"{self.executable} ended; its output is in {log}")
            time.sleep(0.005)
        seconds = time.monotonic() - began
        with open(f"{self.folder}/data/admin.token") as token:
            self.environment.update(HUTCH_REMOTE=f"http://127.0.0.1:{self.port}", HUTCH_TOKEN=token.read().strip())
        return seconds

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def run(self, *words, folder=None):
        """Seconds and output of a verb."""
        began, before = time.monotonic(), os.times()
        done = subprocess.run([self.executable, *words], env=self.environment, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"hutch {' '.join(words)}: {done.stdout}{done.stderr}")
        after = os.times()
        self.verbs += after.children_user + after.children_system - before.children_user - before.children_system
        return time.monotonic() - began, done.stdout

    def renew(self):
        """Starts with an empty data folder: what large bodies leave would fill the disk."""
        self.stop()
        shutil.rmtree(f"{self.folder}/data")
        # The client remembers the installation at an address, and does not send its token to another.
        shutil.rmtree(f"{self.folder}/.config", ignore_errors=True)
        self.start()

    def make_bucket(self):
        import boto3
        from botocore.config import Config

        key = json.loads(self.run("token", "create", "--s3", "--json")[1])
        client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.s3}", aws_access_key_id=key["accessKey"], aws_secret_access_key=key["secretKey"],
            region_name="us-east-1", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
        client.create_bucket(Bucket="pairs")
        return client

    def write_urls(self, client, method, operation, names):
        with open(f"{self.folder}/{method}", "w") as urls:
            for name in names:
                url = client.generate_presigned_url(operation, {"Bucket": "pairs", "Key": name}, ExpiresIn=86_400)
                urls.write(url[url.index("/", len("http://")):] + "\n")

    def prepare_objects(self):
        client = self.make_bucket()
        names = [f"k/{i % 100}/{i}" for i in range(OBJECTS)]
        self.write_urls(client, "PUT", "put_object", names)
        self.write_urls(client, "GET", "get_object", names)
        with open(f"{self.folder}/LIST", "w") as urls:
            for i in range(LISTS):
                wanted = {"Bucket": "pairs", "MaxKeys": 1000, "StartAfter": f"k/{i}"}
                url = client.generate_presigned_url("list_objects_v2", wanted, ExpiresIn=86_400)
                urls.write(url[url.index("/", len("http://")):] + "\n")
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda name: client.put_object(Bucket="pairs", Key=name, Body=name.ljust(BODY).encode()), names))
        self.take_snapshot("pairs")  # a list costs more before

    def take_snapshot(self, name):
        dataset = json.loads(self.run("info", name, "--json")[1])["id"]
        headers = {"Authorization": f"Bearer {self.environment['HUTCH_TOKEN']}", "Content-Type": "application/json"}
        url = f"{self.environment['HUTCH_REMOTE']}/api/v1/datasets/{dataset}/snapshots"
        urllib.request.urlopen(urllib.request.Request(url, b"{}", headers), timeout=60).close()

    def load_large(self):
        self.renew()
        self.write_urls(self.make_bucket(), "PUT", "put_object", [f"large/{i}" for i in range(LARGE_OBJECTS)])
        self.load("PUT", 16, LARGE_SECONDS, LARGE_BODY)  # warm
        return self.load("PUT", 16, LARGE_SECONDS, LARGE_BODY)

    def load(self, method, connections, seconds=SECONDS, body=BODY):
        """Requests a second, and for a second of the server's processor time."""
        script = f"{self.folder}/{method}.lua"
        seed = int.from_bytes(os.urandom(4), "big") >> 1
        with open(script, "w") as text:
            text.write(LOAD % {"urls": f"{self.folder}/{method}", "method": method, "body": body, "seed": seed})
        words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{self.s3}"]
        before = self.processor_time()
        output = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
        rate, errors = re.search(r"RATE ([\d.]+) ERRORS (\d+)", output).groups()
        if errors != "0":
            sys.exit(f"{method}: {errors} errors\n{output}")
        return float(rate), float(rate) * seconds / (self.processor_time() - before)

    def processor_time(self):
        """Seconds, of the server and of the verbs that have ended."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK") + self.verbs

    def start_rate(self):
        """Starts a second, and for a second of processor time."""
        seconds = self.start()
        spent = self.processor_time()
        self.stop()
        return 1 / seconds, 1 / spent


class PushAndClone:
    def __init__(self, folder):
        self.source, self.large, self.target, self.count = f"{folder}/source", f"{folder}/large", f"{folder}/clone", 0

    def rates(self, server):
        self.count += 1
        self.write_files()
        name = f"set-{self.count}"
        server.run("init", "--name", name, folder=self.source)
        os.sync()
        pushed = self.rate(server, "push", folder=self.source)
        os.sync()
        cloned = self.rate(server, "clone", name, self.target)
        shutil.rmtree(self.source)
        shutil.rmtree(self.target)
        return pushed, cloned

    @staticmethod
    def rate(server, *words, folder=None):
        before = server.processor_time()
        seconds = server.run(*words, folder=folder)[0]
        return 1 / seconds, 1 / (server.processor_time() - before)

    def large_rates(self, server):
        server.renew()
        if not os.path.exists(self.large):
            os.makedirs(self.large)
            with open(f"{self.large}/large", "wb") as file:
                for _ in range(LARGE_FILE_BYTES >> 24):
                    file.write(os.urandom(1 << 24))
        server.run("init", "--name", "large", folder=self.large)
        os.sync()
        pushed = self.rate(server, "push", folder=self.large)
        os.sync()
        cloned = self.rate(server, "clone", "large", self.target)
        shutil.rmtree(f"{self.large}/.hutch")
        shutil.rmtree(self.target)
        return pushed, cloned

    def write_files(self):
        for i in range(FILES):
            os.makedirs(f"{self.source}/{i % 20}", exist_ok=True)
            with open(f"{self.source}/{i % 20}/{i}", "wb") as file:
                file.write(os.urandom(FILE_BYTES))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_ready(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5).close()
        return True
    except OSError:
        return False


def interleave(servers, count, measure):
    pairs = []
    for i in range(count):
        order = (0, 1) if i % 2 == 0 else (1, 0)
        measured = {k: measure(servers[k]) for k in order}
        pairs.append((measured[0], measured[1]))
    return pairs


def interleave_processes(servers, count, begin, measure):
    """Pairs by pair of processes. Each server is started again and warmed up for each of them."""
    blocks = min(PROCESSES, count)
    for k in range(blocks):
        for server in servers:
            server.stop()
            server.start()
            begin(server)
        yield interleave(servers, count // blocks + (k < count % blocks), measure)


def report(name, pairs):
    report_blocks(name, [[pair] for pair in pairs])


def report_blocks(name, blocks):
    for k, of in enumerate(("clock", "processor")):
        report_one(f"{name}, {of}", [[(old[k], new[k]) for old, new in pairs] for pairs in blocks])


def report_one(name, blocks):
    pairs = [pair for block in blocks for pair in block]
    logs = [statistics.mean(math.log(new / old) for old, new in block) for block in blocks]
    t = T95[len(logs) - 2] if len(logs) - 2 < len(T95) else 1.96
    mean, half = statistics.mean(logs), t * statistics.stdev(logs) / math.sqrt(len(logs))
    old, new = (statistics.median(pair[k] for pair in pairs) for k in (0, 1))
    processes = "" if len(blocks) == len(pairs) else f" of {len(blocks)} processes"
    print(f"{name:36} old {old:9.2f}/s  new {new:9.2f}/s  ratio {math.exp(mean):.3f}  "
          f"95 % {math.exp(mean - half):.3f} to {math.exp(mean + half):.3f}  ({len(pairs)} pairs{processes})", flush=True)


def compare_requests(servers, method, count):
    blocks = list(interleave_processes(
        servers, count,
        begin=lambda s: s.load(method, 16, seconds=12),  # until the methods that matter are compiled in full
        measure=lambda s: [s.load(method, connections) for connections in (1, 16)]))
    for k, connections in enumerate((1, 16)):
        what = "1000 keys" if method == "LIST" else "4 KiB"
        report_blocks(f"{method} {what}, {connections} conn.", [[(old[k], new[k]) for old, new in pairs] for pairs in blocks])


def compare_clients(servers, work, count):
    blocks = list(interleave_processes(servers, count, begin=lambda s: [work.rates(s) for _ in range(2)], measure=work.rates))
    large = [[pair] for pair in interleave(servers, count, work.large_rates)]  # each pair has processes of its own
    for what, measured in ((f"{FILES} x 10 KiB", blocks), ("1 x 2 GiB", large)):
        for k, name in enumerate(("push", "clone")):
            report_blocks(f"{name} {what}", [[(old[k], new[k]) for old, new in pairs] for pairs in measured])


def compare(servers, folder, names, count):
    for server in servers:
        server.start_rate()
    if "startup" in names:
        report("startup", interleave(servers, count, Server.start_rate))
    for server in servers:
        server.start()
    methods = [method for method in ("LIST", "PUT", "GET") if method.lower() in names]
    if methods:
        for server in servers:
            server.prepare_objects()
    for method in methods:
        compare_requests(servers, method, count)
    if "push-clone" in names:
        compare_clients(servers, PushAndClone(folder), count)
    if "put" in names:
        report("PUT 1 MiB, 16 conn.", interleave(servers, count, Server.load_large))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("names", nargs="*", default=["startup", "put", "get", "list", "push-clone"])
    parser.add_argument("--pairs", type=int, default=20)
    options = parser.parse_intermixed_args()
    folder = tempfile.mkdtemp(prefix="hutch-compare-")
    servers = [Server(options.old, f"{folder}/old"), Server(options.new, f"{folder}/new")]
    try:
        compare(servers, folder, options.names, max(2, options.pairs))
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder)


main()
