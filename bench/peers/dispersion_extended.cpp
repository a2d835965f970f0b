// The peer of the benchmark "spots" for dispersion_extended, written plainly from docs/reference/spot-finding.md.
#include "dispersion.hpp"

// Sums over windows that are clipped to the image, by a summed-area table in double precision.
class WindowSums {
public:
    WindowSums(int width, int height) : width_(width), height_(height), table_(size_t(width) * height) {}

    void fill(const uint16_t* pixels, const uint8_t* counted) {
        for (int y = 0; y < height_; ++y) {
            Sums row{0, 0, 0};
            const size_t start = size_t(y) * width_;
            for (int x = 0; x < width_; ++x) {
                if (counted[start + x]) {
                    const double v = pixels[start + x];
                    row.count += 1;
                    row.sum += v;
                    row.squares += v * v;
                }
                Sums cell = row;
                if (y > 0) add(cell, table_[start - width_ + x]);
                table_[start + x] = cell;
            }
        }
    }

    Sums around(int x, int y, int halfX, int halfY) const {
        const int x0 = x - halfX - 1, x1 = std::min(x + halfX, width_ - 1);
        const int y0 = y - halfY - 1, y1 = std::min(y + halfY, height_ - 1);
        Sums w = table_[size_t(y1) * width_ + x1];
        if (x0 >= 0) subtract(w, table_[size_t(y1) * width_ + x0]);
        if (y0 >= 0) subtract(w, table_[size_t(y0) * width_ + x1]);
        if (x0 >= 0 && y0 >= 0) add(w, table_[size_t(y0) * width_ + x0]);
        return w;
    }

private:
    static void add(Sums& a, const Sums& b) { a.count += b.count; a.sum += b.sum; a.squares += b.squares; }
    static void subtract(Sums& a, const Sums& b) { a.count -= b.count; a.sum -= b.sum; a.squares -= b.squares; }

    int width_;
    int height_;
    std::vector<Sums> table_;
};

class DispersionExtended {
public:
    DispersionExtended(int width, int height)
        : width_(width), height_(height), sums_(width, height), dispersed_(size_t(width) * height),
          background_(size_t(width) * height), distance_(size_t(width) * height) {}

    void find(const uint16_t* pixels, const uint8_t* mask, uint8_t* strong, const Parameters& p) {
        sums_.fill(pixels, mask);
        for (int y = 0; y < height_; ++y) {
            for (int x = 0; x < width_; ++x) {
                const size_t at = size_t(y) * width_ + x;
                dispersed_[at] = !mask[at] || isDispersed(sums_.around(x, y, p.halfX, p.halfY), p);
            }
        }
        fillDistance();
        const int erosion = std::min(p.halfX, p.halfY);
        for (size_t at = 0; at < dispersed_.size(); ++at) {
            const bool foreground = mask[at] && dispersed_[at] && distance_[at] >= erosion;
            background_[at] = mask[at] && !foreground;
        }
        sums_.fill(pixels, background_.data());
        for (int y = 0; y < height_; ++y) {
            for (int x = 0; x < width_; ++x) {
                const size_t at = size_t(y) * width_ + x;
                const bool foreground = mask[at] && !background_[at];
                strong[at] = foreground && pixels[at] > p.threshold && isStrong(x, y, pixels[at], p);
            }
        }
    }

private:
    static bool isDispersed(const Sums& w, const Parameters& p) {
        if (w.count < p.minLocal || w.sum < 0) return false;
        const double n = w.count;
        return n * w.squares - w.sum * w.sum > p.gain * w.sum * (n - 1 + p.sigmaBackground * std::sqrt(2 * (n - 1)));
    }

    bool isStrong(int x, int y, double v, const Parameters& p) const {
        const Sums w = sums_.around(x, y, p.halfX + 2, p.halfY + 2);
        const double mean = w.count >= 2 ? w.sum / w.count : 0;
        return v >= mean + p.sigmaStrong * std::sqrt(p.gain * mean);
    }

    // Chessboard distance to the nearest pixel that is not dispersed, in two passes; outside the image nothing counts.
    void fillDistance() {
        const int far = width_ + height_;
        for (int y = 0; y < height_; ++y) {
            for (int x = 0; x < width_; ++x) {
                const size_t at = size_t(y) * width_ + x;
                int d = dispersed_[at] ? far : 0;
                if (x > 0) d = std::min(d, distance_[at - 1] + 1);
                if (y > 0) {
                    d = std::min(d, distance_[at - width_] + 1);
                    if (x > 0) d = std::min(d, distance_[at - width_ - 1] + 1);
                    if (x + 1 < width_) d = std::min(d, distance_[at - width_ + 1] + 1);
                }
                distance_[at] = d;
            }
        }
        for (int y = height_ - 1; y >= 0; --y) {
            for (int x = width_ - 1; x >= 0; --x) {
                const size_t at = size_t(y) * width_ + x;
                int d = distance_[at];
                if (x + 1 < width_) d = std::min(d, distance_[at + 1] + 1);
                if (y + 1 < height_) {
                    d = std::min(d, distance_[at + width_] + 1);
                    if (x > 0) d = std::min(d, distance_[at + width_ - 1] + 1);
                    if (x + 1 < width_) d = std::min(d, distance_[at + width_ + 1] + 1);
                }
                distance_[at] = d;
            }
        }
    }

    int width_;
    int height_;
    WindowSums sums_;
    std::vector<uint8_t> dispersed_;
    std::vector<uint8_t> background_;
    std::vector<int> distance_;
};

int main(int argc, char** argv) { return findSpots<DispersionExtended>(argc, argv); }
