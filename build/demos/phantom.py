"""A phantom of six ellipsoids: `phantom.py scan OUT.h5` writes its projections, flat and dark fields as a Data Exchange file;
`phantom.py compare VOLUME.h5` prints the correlation of a reconstructed volume with it, inside the field of view."""
import sys

import h5py
import numpy as np

SIZE, ANGLES, FIELDS = 128, 120, 5
ELLIPSOIDS = [
    (0, 0, 0, .7, .8, .8, 1), (0, 0, 0, .6, .7, .7, -.6), (.2, .1, 0, .12, .2, .3, .4),
    (-.25, .2, .1, .15, .15, .2, .5), (0, -.3, -.2, .2, .1, .2, .3), (.3, -.2, .3, .08, .08, .1, .8)]
AXIS = (np.arange(SIZE) - SIZE / 2 + .5) / (SIZE / 2)


def projection(angle, u, v):
    """Line integrals through all ellipsoids, for the columns u and the rows v of the detector."""
    total = np.zeros((SIZE, SIZE))
    for x, y, z, a, b, c, density in ELLIPSOIDS:
        along = x * np.cos(angle) + y * np.sin(angle)
        width = (a * np.cos(angle)) ** 2 + (b * np.sin(angle)) ** 2
        inside = 1 - (u - along) ** 2 / width - ((v - z) / c) ** 2
        total += density * 2 * a * b / np.sqrt(width) * np.sqrt(np.clip(inside, 0, None))
    return total


def scan(path):
    random = np.random.default_rng(1)
    theta = np.linspace(0, np.pi, ANGLES, endpoint=False)
    u, v = np.meshgrid(AXIS, AXIS)
    flat = 20000 * (1 + .1 * np.sin(5 * u))
    with h5py.File(path, "w") as file:
        counts = [random.poisson(flat * np.exp(-projection(angle, u, v)) + 100) for angle in theta]
        file["exchange/data"] = np.array(counts, dtype="f4")
        file["exchange/data_dark"] = random.poisson(np.full((FIELDS, SIZE, SIZE), 100)).astype("f4")
        file["exchange/data_white"] = random.poisson(flat + 100, (FIELDS, SIZE, SIZE)).astype("f4")
        file["exchange/theta"] = np.degrees(theta)


def compare(path):
    volume = h5py.File(path, "r")["volume"][:]
    z, y, x = np.meshgrid(AXIS, AXIS, AXIS, indexing="ij")
    truth = np.zeros(z.shape)
    for x0, y0, z0, a, b, c, density in ELLIPSOIDS:
        truth += density * (((x - x0) / a) ** 2 + ((y - y0) / b) ** 2 + ((z - z0) / c) ** 2 < 1)
    field = x ** 2 + y ** 2 < .9
    # The y axis of a volume points down.
    print(f"{np.corrcoef(volume[:, ::-1][field], truth[field])[0, 1]:.2f}")


{"scan": scan, "compare": compare}[sys.argv[1]](sys.argv[2])
