"""A peer of the benchmark "analyse": DIALS itself finds the spots of a series and computes its per-image statistics.

    dials_series.py MASTER FRAMES PROCESSES

Runs with Debian's dials (/usr/bin/python3). Each process opens the series, analyses its first frame once to warm up, waits for the others,
and then takes every PROCESSES-th frame, with the settings that Hutch has by default. Printed, on a line: the seconds that all took by the
clock, the seconds of processor time, and n_spots_total of each frame.
"""
import multiprocessing
import os
import sys
import time

from dials.algorithms.spot_finding import per_image_analysis
from dials.array_family import flex
from dials.command_line.find_spots import phil_scope
from dxtbx.model import SimplePxMmStrategy
from dxtbx.model.experiment_list import ExperimentListFactory
from libtbx.phil import parse

SETTINGS = ["spotfinder.mp.nproc=1", "spotfinder.filter.min_spot_size=3", "spotfinder.threshold.algorithm=dispersion"]


def analyse(imageset, image, parameters):
    one = ExperimentListFactory.from_imageset_and_crystal(imageset[image:image + 1], None)
    found = flex.reflection_table.from_observations(one, parameters)
    found.centroid_px_to_mm(one)
    found.map_centroids_to_reciprocal_space(one)
    return per_image_analysis.stats_for_reflection_table(found, filter_ice=True, ice_rings_width=0.004).n_spots_total


def work(master, frames, first, step, start, results):
    # What the spot finder prints of its progress is not ours.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    experiments = ExperimentListFactory.from_filenames([master])
    for panel in experiments[0].detector:
        panel.set_px_mm_strategy(SimplePxMmStrategy())
    parameters = phil_scope.fetch(sources=[parse("\n".join(SETTINGS))]).extract()
    imageset = experiments[0].imageset
    analyse(imageset, 0, parameters)
    start.wait()
    began, processor = time.monotonic(), time.process_time()
    found = [(image, analyse(imageset, image, parameters)) for image in range(first, frames, step)]
    results.put((began, time.monotonic(), time.process_time() - processor, found))


def main():
    master, frames, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    start, results = multiprocessing.Barrier(processes), multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=work, args=(master, frames, first, processes, start, results)) for first in range(processes)]
    for worker in workers:
        worker.start()
    parts = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    spots = dict(one for part in parts for one in part[3])
    print(
        max(part[1] for part in parts) - min(part[0] for part in parts), sum(part[2] for part in parts),
        *(spots[image] for image in range(frames)))


main()
