// The peer of the benchmark "analyse": libhdf5 with its bitshuffle plug-in reads a stored series, then the plain spot finder, on all cores.
//
//   analyse_series DATA WIDTH HEIGHT MASK PROCESSES FRAMES
//
// DATA: an HDF5 file with uint16 frames in /entry/data/data. libhdf5 takes one thread at a time, so each core has a process of its own,
// which takes every PROCESSES-th frame of the first FRAMES.
// Prints the frames, the strong pixels in all of them, and the milliseconds on the clock.
#include "dispersion.hpp"

#include <hdf5.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "%s failed\n", what);
    std::exit(1);
}

double clockMilliseconds() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

struct Share {
    long frames;
    long strong;
};

Share analyse(const char* path, int width, int height, const std::vector<uint8_t>& mask, int first, int step, hsize_t last) {
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) fail("opening the data file");
    const hid_t noCache = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_chunk_cache(noCache, 0, 0, 0);
    const hid_t data = H5Dopen2(file, "/entry/data/data", noCache);
    const hid_t space = H5Dget_space(data);
    hsize_t shape[3];
    if (data < 0 || H5Sget_simple_extent_dims(space, shape, nullptr) != 3) fail("opening the frames");
    if (shape[1] != hsize_t(height) || shape[2] != hsize_t(width)) fail("the size of the frames");

    const size_t count = size_t(width) * height;
    std::vector<uint16_t> pixels(count);
    std::vector<uint8_t> strong(count);
    const hsize_t one[3] = {1, hsize_t(height), hsize_t(width)};
    const hid_t memory = H5Screate_simple(3, one, nullptr);
    Dispersion dispersion(width, height);
    Share share{0, 0};
    for (hsize_t i = hsize_t(first); i < std::min(last, shape[0]); i += hsize_t(step)) {
        const hsize_t start[3] = {i, 0, 0};
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, one, nullptr);
        if (H5Dread(data, H5T_NATIVE_UINT16, memory, space, H5P_DEFAULT, pixels.data()) < 0) fail("reading a frame");
        dispersion.find(pixels.data(), mask.data(), strong.data(), Parameters{});
        for (const uint8_t value : strong) share.strong += value;
        ++share.frames;
    }
    return share;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "usage: analyse_series DATA WIDTH HEIGHT MASK PROCESSES FRAMES\n");
        return 2;
    }
    const int width = std::atoi(argv[2]), height = std::atoi(argv[3]), processes = std::atoi(argv[5]);
    const auto frames = hsize_t(std::atoi(argv[6]));
    const auto mask = readAll<uint8_t>(argv[4], size_t(width) * height);
    auto* shares = static_cast<Share*>(
        mmap(nullptr, sizeof(Share) * size_t(processes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (shares == MAP_FAILED) fail("sharing memory");

    const double start = clockMilliseconds();
    for (int i = 0; i < processes; ++i) {
        const pid_t child = fork();
        if (child < 0) fail("forking");
        if (child == 0) {
            shares[i] = analyse(argv[1], width, height, mask, i, processes, frames);
            std::exit(0);
        }
    }
    for (int i = 0; i < processes; ++i) {
        int status = 0;
        if (wait(&status) < 0 || status != 0) fail("a process");
    }
    const double took = clockMilliseconds() - start;

    Share all{0, 0};
    for (int i = 0; i < processes; ++i) {
        all.frames += shares[i].frames;
        all.strong += shares[i].strong;
    }
    std::printf("%ld %ld %.3f\n", all.frames, all.strong, took);
    return 0;
}
