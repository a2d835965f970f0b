using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Hutch.Analysis.Spots;
using Hutch.Testing;

namespace Hutch.Analysis.Tests.Peers;

/// <summary>
/// Case 14: spots on the noise of an integrating detector, which goes below 0. Those put in are found, few others are, and DIALS finds the
/// same in the same file with the same thresholds.
/// </summary>
public sealed class IntegratingDetectorVariantsTests
{
    private const int Side = 256;
    private const int Smallest = -100;
    private const int Sigmas = 4;
    private const double Near = 1.5;
    private const double LeastRecall = 0.95;
    private const double MostFalse = 0.1;

    private const string Script = """
        import json, math, os, sys, h5py, numpy as np
        from dials.array_family import flex
        from dials.command_line.find_spots import phil_scope
        from dxtbx.model.experiment_list import ExperimentListFactory
        from libtbx.phil import parse
        os.chdir(sys.argv[1]); seed, count, side, smallest, sigmas = map(int, sys.argv[2:])

        def frames(number): # the first are those of the case; their spots are about 540 counts
            r = np.random.default_rng(4 if number == 0 else seed * 1000003 + number)
            middle, width, photons = (.5, 2., 60) if number == 0 else (r.uniform(0, .5), w := r.uniform(1.5, 12), r.uniform(20, 60) * w)
            f = np.rint(r.normal(middle, width, (2, side, side))).astype("i4"); put = []
            for i in range(2):
                for _ in range(30):
                    while True: # apart, except in the case itself, where two may be one
                        y, x = r.integers(10, side - 10, 2)
                        if number == 0 or not any(n == i and max(abs(x + .5 - a), abs(y + .5 - b)) < 6 for n, a, b in put) and not 96 < y < 107: break
                    f[i, y - 1:y + 2, x - 1:x + 2] += r.poisson(photons, (3, 3)).astype("i4"); put.append((i, x + .5, y + .5))
            f[:, 100:104, :] = -1000
            return f, put

        def threshold(frame): # from the pixels below 0, half of which are within 0.67449 standard deviations
            below = np.sort(-frame[(frame < 0) & (frame >= smallest)]); half = len(below) / 2
            middle = below[math.ceil(half) - 1]
            return sigmas * (middle - .5 + (half - (below < middle).sum()) / (below == middle).sum()) / .67449

        def master(name, data):
            with h5py.File(name, "w") as f:
                def group(path, kind): g = f.require_group(path); g.attrs["NX_class"] = kind; return g
                def put(g, key, value, unit, **more): g[key] = value; g[key].attrs.update(units=unit, **more)
                e = group("entry", "NXentry"); e["definition"] = "NXmx"; group("entry/instrument", "NXinstrument"); group("entry/data", "NXdata")["data"] = data
                put(group("entry/instrument/beam", "NXbeam"), "incident_wavelength", .9763, "angstrom")
                d = group("entry/instrument/detector", "NXdetector"); d["sensor_material"] = "Si"; d["underload_value"] = smallest; d["saturation_value"] = 60000
                put(d, "sensor_thickness", 320e-6, "m"); put(d, "x_pixel_size", 75e-6, "m"); put(d, "y_pixel_size", 75e-6, "m")
                z = "/entry/instrument/detector/transformations/det_z"; d["depends_on"] = z; line = dict(transformation_type="translation")
                put(group(z.rsplit("/", 1)[0], "NXtransformations"), "det_z", .15, "m", vector=[0., 0, 1], depends_on=".", **line)
                m = group("entry/instrument/detector/module", "NXdetector_module"); m["data_origin"], m["data_size"] = [0, 0], [side, side]
                put(m, "module_offset", 0., "m", vector=[1., 0, 0], offset=[.01, .01, 0.], offset_units="m", depends_on=z, **line)
                for key, way in (("fast_pixel_direction", [-1., 0, 0]), ("slow_pixel_direction", [0, -1., 0])): put(m, key, 75e-6, "m", vector=way, depends_on=m.name + "/module_offset", **line)
                s = group("entry/sample", "NXsample"); s["depends_on"] = "/entry/sample/transformations/omega"
                put(group("entry/sample/transformations", "NXtransformations"), "omega", np.arange(len(data)) * .1, "deg", vector=[-1., 0, 0], depends_on=".", transformation_type="rotation")

        said = []
        for number in range(count):
            data, put = frames(number); data.tofile(f"{number}.raw"); master(f"{number}_master.h5", data)
            imageset = ExperimentListFactory.from_filenames([f"{number}_master.h5"])[0].imageset
            for i in range(2):
                t = threshold(data[i])
                words = ["mp.nproc=1", "filter.min_spot_size=3", "threshold.algorithm=dispersion", f"threshold.dispersion.global_threshold={t!r}"]
                params = phil_scope.fetch(sources=[parse("\n".join("spotfinder." + w for w in words))]).extract()
                found = flex.reflection_table.from_observations(ExperimentListFactory.from_imageset_and_crystal(imageset[i:i + 1], None), params)
                said.append(dict(threshold=t, dials=[(x, y) for x, y, _ in found["xyzobs.px.value"]], put=[(x, y) for n, x, y in put if n == i]))
        json.dump(said, open("said.json", "w"))
        """;

    [Fact]
    public async Task Spots_above_noise_below_zero_are_found_and_are_those_of_dials_with_the_same_thresholds()
    {
        using var folder = new TemporaryFolder();
        int count = Variants.Count(12) / 4;
        await Python.RunAsync(Script, folder.Path, $"{Variants.Seed}", $"{count}", $"{Side}", $"{Smallest}", $"{Sigmas}");
        JsonArray said = JsonNode.Parse(await File.ReadAllBytesAsync(folder["said.json"], TestContext.Current.CancellationToken))!.AsArray();
        var finder = new SpotFinder(
            DetectorMask.AllValid(Side, Side), SpotFinderParameters.Default, largestTrusted: 60000, smallest: Smallest);
        Assert.Equal(Sigmas, SpotFinderParameters.Default.SigmaNoise);
        for (int series = 0; series < count; series++)
        {
            byte[] frames = await File.ReadAllBytesAsync(folder[$"{series}.raw"], TestContext.Current.CancellationToken);
            (int puts, int found, int recalled, int wrong) = (0, 0, 0, 0);
            for (int image = 0; image < 2; image++)
            {
                JsonNode one = said[(2 * series) + image]!;
                ReadOnlySpan<uint> pixels = MemoryMarshal.Cast<byte, uint>(frames.AsSpan(image * Side * Side * sizeof(uint), Side * Side * sizeof(uint)));
                (double X, double Y)[] ours = [.. finder.FindSpots(pixels).Value.Spots.ToArray().Select(static spot => (spot.CentroidX, spot.CentroidY))];
                (double X, double Y)[] put = Places(one["put"]!), dials = Places(one["dials"]!);
                string where = Variants.Repeat($"Series {series}, image {image}");

                Assert.Equal((double)one["threshold"]!, finder.Threshold, 9);
                Assert.True(dials.Length == ours.Length, $"{where}: {ours.Length} spots, and {dials.Length} of DIALS");
                Assert.All(dials, spot => Assert.True(IsAmong(ours, spot, 0.01), $"{where}: DIALS's spot at {spot} is not found"));
                (puts, found) = (puts + put.Length, found + ours.Length);
                recalled += put.Count(spot => IsAmong(ours, spot, Near));
                wrong += ours.Count(spot => !IsAmong(put, spot, Near));
            }

            Assert.True(recalled >= LeastRecall * puts && wrong <= MostFalse * found, Variants.Repeat(
                $"Series {series}: of {puts} spots put in, {recalled} are found; of {found} found, {wrong} were not put in"));
            TestContext.Current.TestOutputHelper?.WriteLine($"{puts} put in, {recalled} of them found, {wrong} others");
        }
    }

    private static bool IsAmong((double X, double Y)[] spots, (double X, double Y) one, double near) =>
        Array.Exists(spots, spot => Math.Abs(spot.X - one.X) < near && Math.Abs(spot.Y - one.Y) < near);

    private static (double X, double Y)[] Places(JsonNode list) =>
        [.. list.AsArray().Select(static place => ((double)place![0]!, (double)place[1]!))];
}
