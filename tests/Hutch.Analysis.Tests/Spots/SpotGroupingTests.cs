using System.Text.Json;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Tests.Support;
using Hutch.Model;
using TestData = Hutch.Analysis.Tests.Support.TestData;

namespace Hutch.Analysis.Tests.Spots;

public sealed class SpotGroupingTests
{
    private static readonly SpotFinderParameters Defaults = SpotFinderParameters.Default;

    // So low a bar that most bright pixels are strong: many groups of every shape.
    private static readonly SpotFinderParameters Eager = Defaults with { SigmaBackground = 0, SigmaStrong = 0, MinSpotSize = 1, MaxStrongPixelFraction = 1 };

    [Theory]
    [InlineData(SpotAlgorithm.Dispersion, 1), InlineData(SpotAlgorithm.Dispersion, 2), InlineData(SpotAlgorithm.Dispersion, 3)]
    [InlineData(SpotAlgorithm.Dispersion, 4), InlineData(SpotAlgorithm.Dispersion, 5)]
    [InlineData(SpotAlgorithm.DispersionExtended, 1), InlineData(SpotAlgorithm.DispersionExtended, 2), InlineData(SpotAlgorithm.DispersionExtended, 3)]
    [InlineData(SpotAlgorithm.DispersionExtended, 4), InlineData(SpotAlgorithm.DispersionExtended, 5)]
    public void The_spots_of_the_synthetic_images_are_the_expected_ones(SpotAlgorithm algorithm, int number)
    {
        TestImage image = TestData.Synthetic(number);
        JsonElement expected = TestData.Expected.GetProperty("images")[number - 1].GetProperty(algorithm == SpotAlgorithm.Dispersion ? "dispersion" : "dispersion_extended");

        SpotList spots = new SpotFinder(image.Mask, Defaults with { Algorithm = algorithm }).FindSpots(image.As16Bit()).Value;

        Assert.Equal(expected.GetProperty("strong_pixels").GetInt32(), spots.StrongPixels);
        Assert.Equal(expected.GetProperty("components").GetInt32(), spots.Components);
        Assert.Equal(expected.GetProperty("n_spots_total").GetInt32(), spots.Count);
        Assert.Equal(
            expected.GetProperty("spots").EnumerateArray().Select(Describe).Order(StringComparer.Ordinal),
            spots.Spots.ToArray().Select(Describe).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_worked_example_has_the_one_spot_that_was_worked_out()
    {
        TestImage example = TestData.Example();

        Spot spot = Assert.Single(new SpotFinder(example.Mask, Defaults).FindSpots(example.As16Bit()).Value.Spots.ToArray());

        Assert.Equal((5, 90L, new SpotBox(4, 7, 4, 7)), (spot.PixelCount, spot.Intensity, spot.Box));
        Assert.Equal((5.48889, 5.48889), (Math.Round(spot.CentroidX, 5), Math.Round(spot.CentroidY, 5)));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Groups_of_any_shape_are_those_of_the_slow_rules(int seed)
    {
        TestImage image = new ImageMaker(seed).Diffraction(40 + (seed * 7), 50, seed / 2.0, spots: 20);
        SpotFinderParameters parameters = Eager with { MinSpotSize = 1 + (seed % 3), MaxSpotSize = 5 * seed, MaxSeparation = seed % 4 };

        AssertSame(SlowSpots.Find(image, parameters), new SpotFinder(image.Mask, parameters).FindSpots(image.Pixels).Value);
    }

    [Fact]
    public void Diagonal_neighbours_and_the_ends_of_neighbouring_rows_do_not_join()
    {
        var pixels = new uint[9 * 20];
        foreach ((int x, int y) in new[] { (8, 2), (0, 3), (3, 10), (4, 11), (5, 10) })
        {
            pixels[(y * 9) + x] = 50;
        }

        SpotList spots = new SpotFinder(DetectorMask.AllValid(9, 20), Eager).FindSpots(pixels).Value;

        Assert.Equal(5, spots.Count);
        Assert.All(spots.Spots.ToArray(), s => Assert.Equal(1, s.PixelCount));
    }

    [Fact]
    public void A_spot_whose_peak_is_far_from_its_centroid_is_dropped()
    {
        var pixels = new uint[60 * 20];
        for (int x = 20; x < 30; x++)
        {
            pixels[(10 * 60) + x] = x == 20 ? 60u : 50u;
        }

        var strict = new SpotFinder(DetectorMask.AllValid(60, 20), Eager);
        var lenient = new SpotFinder(DetectorMask.AllValid(60, 20), Eager with { MaxSeparation = 5 });

        Assert.Equal(0, strict.FindSpots(pixels).Value.Count);
        Assert.Equal(1, lenient.FindSpots(pixels).Value.Count);
    }

    [Fact]
    public void An_image_with_too_many_strong_pixels_is_refused_with_words()
    {
        TestImage image = new ImageMaker(1).Diffraction(60, 60, 3, spots: 5);
        var finder = new SpotFinder(image.Mask, Eager with { MaxStrongPixelFraction = 0.1 });

        Result<SpotList> result = finder.FindSpots(image.Pixels);

        Assert.Equal(ErrorCode.Unprocessable, result.Error?.Code);
        Assert.Contains("more than 10.0", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_of_noise_decides_neither_about_strong_pixels_nor_about_groups_in_memory()
    {
        ushort[] board = new ushort[1200 * 1200];
        for (int i = 0; i < board.Length; i++)
        {
            board[i] = (ushort)(((i / 1200) + i) % 2 == 0 ? 1000 : 0);
        }

        DetectorMask mask = DetectorMask.AllValid(1200, 1200);
        Result<SpotList> capped = new SpotFinder(mask, Eager with { MaxStrongPixelFraction = 0.01 }).FindSpots<ushort>(board);
        Result<SpotList> grouped = new SpotFinder(mask, Eager).FindSpots<ushort>(board);

        Assert.Contains("more than 1.0", capped.Error?.Message, StringComparison.Ordinal);
        Assert.Contains("form more than 524288 groups", grouped.Error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, "KernelHalfWidthX"), InlineData(3, 7, "KernelHalfWidthY")]
    public void Parameters_outside_their_range_are_named(int halfX, int halfY, string name)
    {
        SpotFinderParameters wrong = Defaults with { KernelHalfWidthX = halfX, KernelHalfWidthY = halfY };

        Assert.Contains(name, wrong.Validated().Error!.Message, StringComparison.Ordinal);
        Assert.Throws<HutchException>(() => new SpotFinder(DetectorMask.AllValid(4, 4), wrong));
    }

    [Fact]
    public void Not_a_number_is_outside_every_range()
    {
        SpotFinderParameters[] wrong =
        [
            Defaults with { Gain = double.NaN }, Defaults with { SigmaStrong = double.NaN }, Defaults with { SigmaBackground = double.NaN },
            Defaults with { GlobalThreshold = double.NaN }, Defaults with { MaxSeparation = double.NaN }, Defaults with { Gain = 0 },
            Defaults with { SigmaStrong = double.PositiveInfinity }, Defaults with { MaxSpotSize = 2 }, Defaults with { Algorithm = (SpotAlgorithm)7 },
        ];

        Assert.All(wrong, p => Assert.False(p.Validated().IsOk));
    }

    private static string Describe(JsonElement s)
    {
        int[] box = [.. s.GetProperty("bbox").EnumerateArray().Select(v => v.GetInt32())];
        return FormattableString.Invariant($"{s.GetProperty("n").GetInt32()} {s.GetProperty("intensity").GetDouble()} {s.GetProperty("x").GetDouble():0.00000} {s.GetProperty("y").GetDouble():0.00000} {box[0]} {box[1]} {box[2]} {box[3]}");
    }

    private static string Describe(Spot s) =>
        FormattableString.Invariant($"{s.PixelCount} {s.Intensity} {Math.Round(s.CentroidX, 6):0.00000} {Math.Round(s.CentroidY, 6):0.00000} {s.Box.X0} {s.Box.X1} {s.Box.Y0} {s.Box.Y1}");

    private static void AssertSame(List<Spot> expected, SpotList actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Spot a = actual.Spots[i];
            Assert.Equal(expected[i].CentroidX, a.CentroidX, 1e-9);
            Assert.Equal(expected[i].CentroidY, a.CentroidY, 1e-9);
            Assert.Equal(expected[i] with { CentroidX = 0, CentroidY = 0 }, a with { CentroidX = 0, CentroidY = 0 });
        }
    }
}
