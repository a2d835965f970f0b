// The peer of the benchmark "spots".
//
//   dispersion WIDTH HEIGHT PIXELS MASK STRONG ROUNDS
//
// PIXELS: uint16 little-endian; MASK: a byte a pixel, 0 is invalid; STRONG (written): a byte a pixel, 1 is strong.
// Prints the milliseconds of processor time of each round, one a line.
#include "dispersion.hpp"


int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "usage: dispersion WIDTH HEIGHT PIXELS MASK STRONG ROUNDS\n");
        return 2;
    }
    const int width = std::atoi(argv[1]), height = std::atoi(argv[2]), rounds = std::atoi(argv[6]);
    const size_t count = size_t(width) * height;
    const auto pixels = readAll<uint16_t>(argv[3], count);
    const auto mask = readAll<uint8_t>(argv[4], count);
    std::vector<uint8_t> strong(count);
    Dispersion dispersion(width, height);
    dispersion.find(pixels.data(), mask.data(), strong.data(), Parameters{});
    for (int i = 0; i < rounds; ++i) {
        const double start = processorMilliseconds();
        dispersion.find(pixels.data(), mask.data(), strong.data(), Parameters{});
        std::printf("%.4f\n", processorMilliseconds() - start);
    }
    return writeAll(argv[5], strong) ? 0 : 1;
}
