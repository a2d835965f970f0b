using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Hutch.Analysis.Spots;
using Hutch.Testing;

namespace Hutch.Analysis.Tests.Peers;

/// <summary>Frames of integrating detectors, whose noise goes below 0: DIALS says which of their pixels are strong.</summary>
public sealed class NegativePixelVariantsTests
{
    private const int Width = 90;
    private const int Height = 70;
    private const int Smallest = -100;

    // The erosion of DIALS 3.12 treats masked pixels in another way: its frames have none.
    private const string Script = """
        import json, os, sys, numpy as np
        from dials.algorithms.image.threshold import DispersionExtendedThreshold, DispersionThreshold
        from dials.array_family import flex
        os.chdir(sys.argv[1]); seed, count, width, height, smallest = map(int, sys.argv[2:])
        said = []
        for n in range(count):
            g = np.random.default_rng(seed * 1000003 + n)
            frame = np.rint(g.normal(g.choice([-.5, .5, 3, 40]), g.choice([1, 2, 8]), (height, width))).astype("i4")
            for _ in range(25):
                y, x = g.integers(2, height - 2), g.integers(2, width - 2)
                frame[y - 1:y + 2, x - 1:x + 2] += g.poisson(g.choice([20, 60, 400]), (3, 3)).astype("i4")
            is_extended = n % 2 == 1
            if not is_extended: frame[g.random(frame.shape) < .02] = -1000
            frame.tofile(f"{n}.raw")
            kind = DispersionExtendedThreshold if is_extended else DispersionThreshold
            strong = flex.bool(flex.grid(height, width))
            kind((height, width), (3, 3), 6, 3, 0, 2)(flex.double(frame.astype(float)), flex.bool(np.ascontiguousarray(frame >= smallest)), strong)
            said.append(np.flatnonzero(strong.as_numpy_array()).tolist())
        json.dump(said, open("said.json", "w"))
        """;

    [Fact]
    public async Task Strong_pixels_above_noise_around_zero_are_those_of_dials()
    {
        using var folder = new TemporaryFolder();
        int count = Variants.Count(60);
        await Python.RunAsync(Script, folder.Path, $"{Variants.Seed}", $"{count}", $"{Width}", $"{Height}", $"{Smallest}");
        JsonArray said = JsonNode.Parse(await File.ReadAllBytesAsync(folder["said.json"], TestContext.Current.CancellationToken))!.AsArray();
        int all = 0;
        for (int n = 0; n < count; n++)
        {
            byte[] frame = await File.ReadAllBytesAsync(folder[$"{n}.raw"], TestContext.Current.CancellationToken);
            SpotAlgorithm algorithm = n % 2 == 1 ? SpotAlgorithm.DispersionExtended : SpotAlgorithm.Dispersion;
            var finder = new SpotFinder(
                DetectorMask.AllValid(Width, Height), SpotFinderParameters.Default with { Algorithm = algorithm, SigmaNoise = 0 }, int.MaxValue,
                smallest: Smallest);

            int[] strong = finder.FindStrongPixels(MemoryMarshal.Cast<byte, uint>(frame)).ToArray();

            Assert.True(
                said[n]!.AsArray().Select(static place => (int)place!).SequenceEqual(strong),
                Variants.Repeat($"The strong pixels of frame {n} are not those of DIALS"));
            all += strong.Length;
        }

        Assert.True(all > 10 * count, "There is little to compare.");
    }
}
