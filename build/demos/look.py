"""The data of ./run demo look, as other programs write them: one folder for each kind.

look.py FOLDER
"""

import json
import os
import struct
import sys
import zlib

import h5py
import mrcfile
import numpy as np

sys.dont_write_bytecode = True
import helix

random = np.random.default_rng(1)


def folder(name):
    path = os.path.join(sys.argv[1], name)
    os.makedirs(path)
    return path


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def png(path, pixels):
    """An image of 8 bits a pixel (PNG specification, third edition, section 5)."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows, columns = pixels.shape
    lines = b"".join(b"\0" + row.astype(np.uint8).tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def tomogram(path):
    """A ball of small balls in noise: 128 x 160 x 160 voxels of 13.5 Å."""
    z, y, x = np.mgrid[-1:1:128j, -1:1:160j, -1:1:160j].astype(np.float32)
    volume = random.normal(0, 0.25, z.shape).astype(np.float32)
    for turn in range(12):
        height = 1 - 2 * (turn + 0.5) / 12
        radius, angle = 0.62 * np.sqrt(1 - height**2), 2.399963 * turn
        at = (0.62 * height, radius * np.sin(angle), radius * np.cos(angle))
        volume += np.exp(-((z - at[0]) ** 2 + (y - at[1]) ** 2 + (x - at[2]) ** 2) / 0.02)
    with mrcfile.new(os.path.join(path, "capsid.mrc"), volume) as file:
        file.voxel_size = 13.5


def scan(path):
    """A map of fluorescence with its axes (NeXus: NXentry, NXdata)."""
    y, x = np.linspace(0, 24, 121), np.linspace(0, 32, 161)
    grains = [(6, 8, 3), (16, 10, 4), (12, 24, 5)]
    counts = sum(800 * np.exp(-((y[:, None] - v) ** 2 + (x - u) ** 2) / s) for v, u, s in grains)
    with h5py.File(os.path.join(path, "cobalt_map.nxs"), "w") as file:
        file.attrs["default"] = "entry"
        entry = file.create_group("entry")
        entry.attrs.update(NX_class="NXentry", default="map")
        entry["title"] = "Cobalt K-alpha over a polished section"
        group = entry.create_group("map")
        group.attrs.update(NX_class="NXdata", signal="counts", axes=["y", "x"])
        group.create_dataset("counts", data=random.poisson(counts + 20).astype(np.uint32), chunks=(61, 81), compression="gzip")
        for name, values in (("y", y), ("x", x)):
            group[name] = values
            group[name].attrs["units"] = "µm"


def tables(path):
    """A log of a storage ring and its events."""
    hours = np.arange(50_000) / 60
    current = 300 - 2 * (hours % 4) + random.normal(0, 0.02, hours.size)
    with open(os.path.join(path, "ring.csv"), "w", encoding="utf-8") as file:
        file.write("hour,current_mA,lifetime_h,pressure_mbar\n")
        for at, milliamperes in zip(hours, current):
            file.write(f"{at:.3f},{milliamperes:.3f},{14 + (at % 4) / 8:.3f},{2e-10 * (1 + 0.1 * np.sin(at)):.3e}\n")
    with open(os.path.join(path, "events.jsonl"), "w", encoding="utf-8") as file:
        for hour in range(0, 832, 4):
            file.write(json.dumps({"hour": hour, "event": "injection", "from_mA": 292, "to_mA": 300}) + "\n")


def images(path):
    """A drop that falls, frame by frame."""
    y, x = np.mgrid[0:240, 0:320]
    for number in range(24):
        drop = np.exp(-((y - 20 - 0.35 * number**2) ** 2 + (x - 160) ** 2) / 120)
        png(os.path.join(path, f"drop_{number + 1:03d}.png"), np.clip(30 + 200 * drop + random.normal(0, 4, y.shape), 0, 255))


def notebook(path):
    """What a person keeps beside the data: a page, a notebook, settings, a program and its log."""
    write(os.path.join(path, "README.md"), "# Cobalt in section 7\n\nThree grains; see `fit.py`.\n\n| grain | µm |\n|---|---|\n| A | 6 |\n| B | 16 |\n")
    write(os.path.join(path, "settings.yaml"), "beamline: I18\nenergy: {value: 7.9, unit: keV}\nmotors:\n  - {name: x, step: 0.2}\n  - {name: y, step: 0.2}\n")
    write(os.path.join(path, "fit.py"), 'import h5py\n\nwith h5py.File("cobalt_map.nxs") as file:\n    counts = file["entry/map/counts"][()]\nprint(counts.max())\n')
    write(os.path.join(path, "scan.log"), "".join(f"{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d} line {n} of 20000 done\n" for n in range(20_000)))
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# The largest grain"]},
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["counts.max()"],
         "outputs": [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["861"]}}]},
    ]
    write(os.path.join(path, "grains.ipynb"), json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def structure(path):
    helix.write_pdb(os.path.join(path, "helix.pdb"), 30)
    helix.write_mmcif(os.path.join(path, "helix.cif"), 30)


tomogram(folder("capsid"))
scan(folder("cobalt-map"))
tables(folder("ring-2026-11"))
images(folder("falling-drop"))
structure(folder("helix"))
notebook(folder("cobalt-notes"))
