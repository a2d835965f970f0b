"""Makes a RIA store as DataLad lays it out: ria_store.py STORE DATASETS KEYS. Each dataset has one commit whose links name its keys."""

import hashlib
import os
import subprocess
import sys
import uuid

store, datasets, keys = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LETTERS = "0123456789zqjxkmvwgpfZQJXKMVWGPF"


def mixed(key):
    """The two directories of a key: six characters of five bits of its MD5 (git-annex's internals, hashing)."""
    word = int.from_bytes(hashlib.md5(key.encode()).digest()[:4], "little")
    letters = [LETTERS[(word >> (6 * i)) & 31] for i in range(4)]
    return f"{letters[1]}{letters[0]}/{letters[3]}{letters[2]}"


os.makedirs(store)
with open(f"{store}/ria-layout-version", "w") as file:
    file.write("1\n")
for dataset in range(datasets):
    name = str(uuid.uuid4())
    folder = f"{store}/{name[:3]}/{name[3:]}"
    os.makedirs(folder)
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder], check=True)
    with open(f"{folder}/ria-layout-version", "w") as file:
        file.write("2|l\n")
    stream = [b"commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\n"]
    for number in range(keys):
        content = b"%d %d\n" % (dataset, number)
        key = f"MD5E-s{len(content)}--{hashlib.md5(content).hexdigest()}.dat"
        place = f"{folder}/annex/objects/{mixed(key)}/{key}"
        os.makedirs(place)
        with open(f"{place}/{key}", "wb") as file:
            file.write(content)
        link = f"../.git/annex/objects/{mixed(key)}/{key}/{key}".encode()
        stream.append(b"M 120000 inline run-%03d/%06d.dat\ndata %d\n%s\n" % (number // 1000, number, len(link), link))
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=b"".join(stream), check=True)
