// The dispersion threshold as it is commonly written, from the formulas of docs/reference/spot-finding.md, with summed-area tables
// in double precision. Plain C++, one thread: the peer of the benchmarks "spots" and "decode-spots".
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

struct Sums {
    double count;
    double sum;
    double squares;
};

struct Parameters {
    int halfX = 3;
    int halfY = 3;
    double gain = 1;
    double sigmaBackground = 6;
    double sigmaStrong = 3;
    double minLocal = 2;
    double threshold = 0;
};

class Dispersion {
public:
    Dispersion(int width, int height) : width_(width), height_(height), table_(size_t(width) * height) {}

    void find(const uint16_t* pixels, const uint8_t* mask, uint8_t* strong, const Parameters& p) {
        fillTable(pixels, mask);
        for (int y = 0; y < height_; ++y) {
            for (int x = 0; x < width_; ++x) {
                const size_t at = size_t(y) * width_ + x;
                strong[at] = mask[at] && pixels[at] > p.threshold && isStrong(x, y, pixels[at], p);
            }
        }
    }

private:
    // table(x, y) = sums over all pixels up to and with x and y.
    void fillTable(const uint16_t* pixels, const uint8_t* mask) {
        for (int y = 0; y < height_; ++y) {
            Sums row{0, 0, 0};
            const size_t start = size_t(y) * width_;
            const Sums* above = y > 0 ? &table_[start - width_] : nullptr;
            for (int x = 0; x < width_; ++x) {
                if (mask[start + x]) {
                    const double v = pixels[start + x];
                    row.count += 1;
                    row.sum += v;
                    row.squares += v * v;
                }
                Sums& cell = table_[start + x];
                cell = row;
                if (above) {
                    cell.count += above[x].count;
                    cell.sum += above[x].sum;
                    cell.squares += above[x].squares;
                }
            }
        }
    }

    bool isStrong(int x, int y, double v, const Parameters& p) const {
        const int x0 = x - p.halfX - 1, x1 = std::min(x + p.halfX, width_ - 1);
        const int y0 = y - p.halfY - 1, y1 = std::min(y + p.halfY, height_ - 1);
        Sums w = table_[size_t(y1) * width_ + x1];
        if (x0 >= 0) subtract(w, table_[size_t(y1) * width_ + x0]);
        if (y0 >= 0) subtract(w, table_[size_t(y0) * width_ + x1]);
        if (x0 >= 0 && y0 >= 0) add(w, table_[size_t(y0) * width_ + x0]);
        if (w.count < p.minLocal || w.sum < 0) return false;
        const double n = w.count;
        const bool dispersed = n * w.squares - w.sum * w.sum
            > p.gain * w.sum * (n - 1 + p.sigmaBackground * std::sqrt(2 * (n - 1)));
        return dispersed && n * v - w.sum > p.sigmaStrong * std::sqrt(p.gain * w.sum * n);
    }

    static void add(Sums& a, const Sums& b) { a.count += b.count; a.sum += b.sum; a.squares += b.squares; }
    static void subtract(Sums& a, const Sums& b) { a.count -= b.count; a.sum -= b.sum; a.squares -= b.squares; }

    int width_;
    int height_;
    std::vector<Sums> table_;
};

// Reads a whole file, or ends the program.
template <typename T>
inline std::vector<T> readAll(const char* path, size_t count) {
    std::vector<T> data(count);
    FILE* file = std::fopen(path, "rb");
    if (!file || std::fread(data.data(), sizeof(T), count, file) != count) {
        std::fprintf(stderr, "%s: cannot be read, or is too short\n", path);
        std::exit(1);
    }
    std::fclose(file);
    return data;
}

// Writes a whole file; false when that fails.
inline bool writeAll(const char* path, const std::vector<uint8_t>& data) {
    FILE* out = std::fopen(path, "wb");
    return out && std::fwrite(data.data(), 1, data.size(), out) == data.size() && std::fclose(out) == 0;
}

// Processor time of this program so far: what a core did, whoever else is on the machine.
inline double processorMilliseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

// The whole program of a peer that finds strong pixels: PROGRAM WIDTH HEIGHT PIXELS MASK STRONG ROUNDS
//
// PIXELS: uint16 little-endian; MASK: a byte a pixel, 0 is invalid; STRONG (written): a byte a pixel, 1 is strong.
// Prints the milliseconds of processor time of each round, one a line.
template <typename Finder>
int findSpots(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "usage: %s WIDTH HEIGHT PIXELS MASK STRONG ROUNDS\n", argv[0]);
        return 2;
    }
    const int width = std::atoi(argv[1]), height = std::atoi(argv[2]), rounds = std::atoi(argv[6]);
    const size_t count = size_t(width) * height;
    const auto pixels = readAll<uint16_t>(argv[3], count);
    const auto mask = readAll<uint8_t>(argv[4], count);
    std::vector<uint8_t> strong(count);
    Finder finder(width, height);
    finder.find(pixels.data(), mask.data(), strong.data(), Parameters{});
    for (int i = 0; i < rounds; ++i) {
        const double start = processorMilliseconds();
        finder.find(pixels.data(), mask.data(), strong.data(), Parameters{});
        std::printf("%.4f\n", processorMilliseconds() - start);
    }
    return writeAll(argv[5], strong) ? 0 : 1;
}
