// The peer of the benchmark "decode-spots": libhdf5 with its bitshuffle plug-in decodes, then the same spot finder.
//
//   decode_dispersion WIDTH HEIGHT CHUNK MASK STRONG ROUNDS
//
// CHUNK: one frame of uint16, as HDF5 filter 32008 packs it. It stands in a file in memory, so that no disk is measured.
// Prints the milliseconds of processor time of each round, decoding and both together, two numbers a line.
#include "dispersion.hpp"

#include <hdf5.h>

namespace {

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "libhdf5: %s failed\n", what);
    std::exit(1);
}

hid_t createFrame(hsize_t height, hsize_t width, const std::vector<uint8_t>& chunk) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 20, false);
    const hid_t file = H5Fcreate("frame.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    const hsize_t shape[3] = {1, height, width};
    const hid_t space = H5Screate_simple(3, shape, nullptr);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(layout, 3, shape);
    const unsigned options[2] = {0, 2};
    if (H5Pset_filter(layout, 32008, H5Z_FLAG_MANDATORY, 2, options) < 0) fail("finding the bitshuffle plug-in");
    const hid_t data = H5Dcreate2(file, "data", H5T_STD_U16LE, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    const hsize_t offset[3] = {0, 0, 0};
    if (data < 0 || H5Dwrite_chunk(data, H5P_DEFAULT, 0, offset, chunk.size(), chunk.data()) < 0) fail("writing the chunk");
    H5Dclose(data);

    // No chunk cache: each read decodes.
    const hid_t noCache = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_chunk_cache(noCache, 0, 0, 0);
    return H5Dopen2(file, "data", noCache);
}

std::vector<uint8_t> readChunk(const char* path) {
    FILE* file = std::fopen(path, "rb");
    if (!file) fail("opening the chunk");
    std::fseek(file, 0, SEEK_END);
    const size_t size = size_t(std::ftell(file));
    std::fclose(file);
    return readAll<uint8_t>(path, size);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "usage: decode_dispersion WIDTH HEIGHT CHUNK MASK STRONG ROUNDS\n");
        return 2;
    }
    const int width = std::atoi(argv[1]), height = std::atoi(argv[2]), rounds = std::atoi(argv[6]);
    const size_t count = size_t(width) * height;
    const auto mask = readAll<uint8_t>(argv[4], count);
    const hid_t frame = createFrame(hsize_t(height), hsize_t(width), readChunk(argv[3]));
    std::vector<uint16_t> pixels(count);
    std::vector<uint8_t> strong(count);
    Dispersion dispersion(width, height);
    for (int i = -1; i < rounds; ++i) {
        const double start = processorMilliseconds();
        if (H5Dread(frame, H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, pixels.data()) < 0) fail("reading the frame");
        const double decoded = processorMilliseconds() - start;
        dispersion.find(pixels.data(), mask.data(), strong.data(), Parameters{});
        const double both = processorMilliseconds() - start;
        if (i >= 0) std::printf("%.4f %.4f\n", decoded, both);
    }
    return writeAll(argv[5], strong) ? 0 : 1;
}
