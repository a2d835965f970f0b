"""The clients of ./run demo grow: four that write until told to stop. Then every acknowledged write is read again.

grow.py FOLDER REST-URL S3-URL
"""

import hashlib
import json
import os
import sys
import threading
import time
import urllib.request

import boto3

folder, rest, s3_url = sys.argv[1:]
token = open(folder + "/token").read().strip()
key = json.load(open(folder + "/s3.json"))
dataset = json.load(open(folder + "/written.json"))["id"]
lock = threading.Lock()
kept = {}  # path: hash of the content that was acknowledged
times = {}  # client: when each of its writes was acknowledged
slowest = []  # the seconds that each write took
refused = []
log = open(folder + "/acknowledged", "a")


def ask(method, path, body=None):
    request = urllib.request.Request(
        f"{rest}/api/v1/datasets/{dataset}/entries/{path}", data=body, method=method, headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def work(name, write):
    number = 0
    while not os.path.exists(folder + "/stop"):
        number += 1
        # Every eighth is too large for the database: it goes to the object store.
        content = os.urandom(300_000 if number % 8 == 0 else 2000)
        path = f"{name}/{number}"
        began = time.monotonic()
        try:
            write(path, content)
        except Exception as error:
            with lock:
                refused.append(f"{path}: {error}")
            continue
        ended = time.monotonic()
        with lock:
            kept[path] = hashlib.sha256(content).hexdigest()
            times.setdefault(name, []).append(ended)
            slowest.append(ended - began)
            print(path, file=log, flush=True)
        time.sleep(0.01)


def s3_work(name):
    s3 = boto3.session.Session().client(
        "s3", endpoint_url=s3_url, region_name="us-east-1", aws_access_key_id=key["accessKey"], aws_secret_access_key=key["secretKey"])
    work(name, lambda path, body: s3.put_object(Bucket="written", Key=path, Body=body))


def main():
    clients = [threading.Thread(target=work, args=(f"rest-{i}", lambda path, body: ask("PUT", path, body))) for i in range(2)]
    clients += [threading.Thread(target=s3_work, args=(f"s3-{i}",)) for i in range(2)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    lost = [path for path, wanted in kept.items() if hashlib.sha256(ask("GET", path)).hexdigest() != wanted]
    for problem in (refused + lost)[:10]:
        print("  " + problem)
    every = sorted(at for ends in times.values() for at in ends)
    print(f"acknowledged writes   {len(kept)}, by four clients")
    print(f"refused or unknown    {len(refused)}")
    print(f"lost                  {len(lost)}")
    print(f"longest pause         {max(b - a for a, b in zip(every, every[1:])):.2f} s without an acknowledged write of any client")
    print(f"slowest write         {max(slowest):.2f} s")
    sys.exit(1 if lost or refused or len(times) < 4 else 0)


main()
