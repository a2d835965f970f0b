"""The peer of the benchmark "select": the frames of a series whose rows match a condition become a file of their own.

    h5py_select.py MASTER ROWS OUTPUT LEAST     ROWS has a line of JSON for each frame; prints the number of frames

Frames are copied as they are stored, still compressed, and all files are synced.
"""
import json
import os
import sys

import h5py
import numpy

master, rows, output, least = sys.argv[1:]
hits = []
with open(rows) as lines, open(output + ".jsonl", "w") as kept:
    for line in lines:
        row = json.loads(line)
        if row.get("n_spots_total", 0) >= int(least):
            hits.append(row["file-number"] - 1)
            kept.write(line)
    kept.flush()
    os.fsync(kept.fileno())
hits.sort()

with h5py.File(master, "r") as file, h5py.File(output, "w") as made:
    parts = [file["entry/data"][name] for name in sorted(file["entry/data"]) if name.startswith("data_")]
    first = numpy.cumsum([0] + [len(part) for part in parts])
    like = parts[0]
    pipeline = like.id.get_create_plist()
    space = h5py.h5s.create_simple((len(hits), *like.shape[1:]))
    target = h5py.h5d.create(made.id, b"data", like.id.get_type(), space, pipeline)
    for place, frame in enumerate(hits):
        part = int(numpy.searchsorted(first, frame, side="right")) - 1
        mask, chunk = parts[part].id.read_direct_chunk((frame - int(first[part]), 0, 0))
        target.write_direct_chunk((place, 0, 0), chunk, mask)
descriptor = os.open(output, os.O_RDWR)
os.fsync(descriptor)
print(len(hits))
