"""The clients of ./run demo cluster: they write and read through the proxy until told to stop, and then check what was acknowledged.

cluster.py FOLDER HUTCH REST-URL S3-URL
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

folder, hutch, rest, s3_url = sys.argv[1:]
token = open(folder + "/token").read().strip()
key = json.load(open(folder + "/s3.json"))
dataset = json.load(open(folder + "/written.json"))["id"]  # of the REST and S3 clients; pushes have one of their own
pushed = json.load(open(folder + "/pushed.json"))["id"]
lock = threading.Lock()
acknowledged = []  # when, which kind of client
kept = {}  # path: content that was acknowledged last
maybe = {}  # path: contents of which nobody knows
stale = []
failed = {}
log = open(folder + "/acknowledged", "a")


def stopped():
    return os.path.exists(folder + "/stop")


def acknowledge(kind, path, content):
    with lock:
        acknowledged.append((time.time(), kind))
        kept[path] = content
        # The demo waits for these lines before it disturbs anything else.
        print(kind, file=log, flush=True)


def fail(kind, path, content):
    with lock:
        failed[kind] = failed.get(kind, 0) + 1
        maybe.setdefault(path, set()).add(content)
    time.sleep(0.1)


def check(kind, path, wanted, found):
    if found != wanted and found not in maybe.get(path, ()):
        with lock:
            stale.append(f"{kind} {path}: {found!r} instead of {wanted!r}")


def ask(base, method, path, body=None, of=dataset):
    request = urllib.request.Request(
        f"{base}/api/v1/datasets/{of}/entries/{path}", data=body, method=method, headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def text(number, size):
    return (f"{number} ".encode() * (size // 4 + 1))[:size]


def work(kind, name, write, read, with_large=True):
    """Writes new files, and one again and again; reads each at once, from whichever server the proxy chooses."""
    number = 0
    while not stopped():
        number += 1
        # Every eighth is too large for the database: it goes to the object store.
        content = text(number, 300_000 if with_large and number % 8 == 0 else 2000)
        path = f"{name}/register" if number % 2 else f"{name}/{number}"
        try:
            write(path, content)
        except Exception:
            fail(kind, path, content)
            continue
        acknowledge(kind, path, content)
        try:
            check(kind, path, content, read(path))
        except Exception:
            time.sleep(0.1)


def rest_client(name, with_large):
    work("REST", name, lambda path, body: ask(rest, "PUT", path, body), lambda path: ask(rest, "GET", path), with_large)


def s3_client(name):
    # A session of its own: that which all threads share is made by several at once, and fails now and then.
    s3 = boto3.session.Session().client(
        "s3", endpoint_url=s3_url, region_name="us-east-1", aws_access_key_id=key["accessKey"], aws_secret_access_key=key["secretKey"],
        config=Config(retries={"max_attempts": 1}, read_timeout=60))
    work(
        "S3", name,
        lambda path, body: s3.put_object(Bucket="written", Key=path, Body=body),
        lambda path: s3.get_object(Bucket="written", Key=path)["Body"].read())


def push_client():
    number = 0
    work_folder = folder + "/pushed"
    while not stopped():
        number += 1
        path, content = f"push/{number}", text(number, 2000)
        os.makedirs(work_folder + "/push", exist_ok=True)
        with open(f"{work_folder}/{path}", "wb") as file:
            file.write(content)
        pushed = subprocess.run(
            [hutch, "push", "--quiet"], cwd=work_folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if pushed.returncode == 0:
            acknowledge("push", path, content)
        else:
            # The next push has this file too.
            fail("push", path, content)


def interruptions():
    """For each fault the longest time without an acknowledgement that began or went on within ten seconds of it, and before the next."""
    times = sorted(when for when, kind in acknowledged if kind != "push")
    faults = [line.split(" ", 1) for line in open(folder + "/faults")]
    begins = [int(at) / 1000 for at, _ in faults]
    for (_, words), begin, following in zip(faults, begins, begins[1:] + [float("inf")]):
        gaps = [b - a for a, b in zip(times, times[1:]) if b > begin and a < min(begin + 10, following)]
        yield words.strip(), max(gaps, default=float("nan"))


def main():
    # One writes only small files, which need no object store.
    clients = [threading.Thread(target=rest_client, args=(f"rest-{i}", i > 0)) for i in range(3)]
    clients += [threading.Thread(target=s3_client, args=(f"s3-{i}",)) for i in range(3)]
    clients.append(threading.Thread(target=push_client))
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    lost = []
    for base in open(folder + "/left").read().split():
        for path, content in kept.items():
            try:
                found = ask(base, "GET", path, of=pushed if path.startswith("push/") else dataset)
            except urllib.error.HTTPError as error:
                found = error.code
            if found != content and found not in maybe.get(path, ()):
                lost.append(f"{path} at {base}")

    for problem in (stale + lost)[:10]:
        print("  " + problem)
    by_kind = {kind: sum(1 for _, of in acknowledged if of == kind) for kind in ("REST", "S3", "push")}
    print(f"acknowledged writes   {len(acknowledged)} ({', '.join(f'{kind} {count}' for kind, count in by_kind.items())})")
    print(f"refused or unknown    {sum(failed.values())}, each told to its client")
    print(f"lost                  {len(lost)}")
    print(f"stale reads           {len(stale)}")
    for words, seconds in interruptions():
        print(f"no write went through for at most {seconds:5.1f} s: {words}")
    sys.exit(1 if lost or stale or min(by_kind.values()) == 0 else 0)


main()
