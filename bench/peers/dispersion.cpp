// The peer of the benchmark "spots".
#include "dispersion.hpp"

int main(int argc, char** argv) { return findSpots<Dispersion>(argc, argv); }
