using System.Runtime.InteropServices;
using Hutch.Analysis.Spots;
using Hutch.Simulator;

namespace Hutch.Analysis.Tests.Spots;

/// <summary>Finder and simulator were written apart: what the one finds must be what the other put there.</summary>
public sealed class SimulatedSpotsTests
{
    private const double MaxDistancePixels = 1.5;
    private const int SurelyVisiblePhotons = 100;

    [Fact]
    public void Every_spot_that_is_found_was_put_there_and_every_strong_one_that_was_put_there_is_found()
    {
        var options = new SimulationOptions { Detector = DetectorModel.Find("eiger2-1m").Value, Images = 3, Seed = 3 };
        var simulator = new FrameSimulator(options);
        DetectorModel detector = options.Detector;
        var finder = new SpotFinder(
            DetectorMask.FromPixelMask(detector.Columns, detector.Rows, simulator.Faults.Mask), SpotFinderParameters.Default);
        byte[] pixels = new byte[detector.Rows * detector.Columns * sizeof(ushort)];
        for (int image = 0; image < options.Images; image++)
        {
            Reflection[] truth = [.. simulator.Reflections(image)];
            int[] counted = new int[truth.Length];
            simulator.Draw(image, 0, pixels, counted);
            Spot[] found = finder.FindSpots(MemoryMarshal.Cast<byte, ushort>(pixels)).Value.Spots.ToArray();

            Assert.True(found.Length > 20, $"only {found.Length} spots");
            Assert.All(found, spot => Assert.Contains(truth, reflection => Near(reflection, spot)));
            int[] strong = [.. Enumerable.Range(0, truth.Length).Where(i => counted[i] > SurelyVisiblePhotons)];
            int missed = strong.Count(i => !found.Any(spot => Near(truth[i], spot)));

            // Two reflections may touch and be one spot, and one may lie half behind a gap.
            Assert.True(missed <= strong.Length / 20, $"{missed} of {strong.Length} strong reflections were not found");
        }
    }

    private static bool Near(Reflection reflection, Spot spot) =>
        Math.Abs(reflection.X - spot.CentroidX) < MaxDistancePixels && Math.Abs(reflection.Y - spot.CentroidY) < MaxDistancePixels;
}
