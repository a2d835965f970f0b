using FsCheck;
using FsCheck.Fluent;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Tests.Support;
using TestData = Hutch.Analysis.Tests.Support.TestData;

namespace Hutch.Analysis.Tests.Spots;

public sealed class DispersionTests
{
    private static readonly SpotFinderParameters Defaults = SpotFinderParameters.Default;

    [Fact]
    public void The_slow_rules_give_the_worked_example()
    {
        TestImage example = TestData.Example();

        bool[] strong = SlowStrongPixels.Find(example, Defaults);

        Assert.Equal(TestData.ExampleMask("dispersion"), strong);
    }

    [Fact]
    public void The_worked_example_is_found_pixel_for_pixel() => SpotFinding.AssertEqualsSlow(TestData.Example(), Defaults);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void The_synthetic_images_are_found_pixel_for_pixel(int number)
    {
        TestImage image = TestData.Synthetic(number);
        int expected = TestData.Expected.GetProperty("images")[number - 1].GetProperty("dispersion").GetProperty("strong_pixels").GetInt32();

        SpotFinding.AssertEqualsSlow(image, Defaults);

        Assert.Equal(expected, new SpotFinder(image.Mask, Defaults).FindStrongPixels(image.As16Bit()).Length);
    }

    [Theory]
    [InlineData(0.05), InlineData(1.5), InlineData(12), InlineData(70), InlineData(900), InlineData(1400), InlineData(30000)]
    public void Noise_with_spots_on_any_background_is_found_pixel_for_pixel(double background)
    {
        var maker = new ImageMaker((int)background + 17);

        SpotFinding.AssertEqualsSlow(maker.Diffraction(161, 90, background, spots: 30), Defaults, $"background {background}");
    }

    [Fact]
    public void Any_size_and_any_values_are_found_pixel_for_pixel()
    {
        Prop.ForAll(Cases(), c => SpotFinding.AssertEqualsSlow(c.Image(), c.Parameters, c.ToString())).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData((1u << 24) - 1), InlineData(1u << 24), InlineData(uint.MaxValue)]
    public void Pixels_that_are_too_bright_to_count_hide_no_adjacent_spots(uint bright)
    {
        var pixels = new uint[40 * 12];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = i % 5 == 0 ? bright : (uint)(i % 3);
        }

        pixels[(6 * 40) + 21] = 12;

        SpotFinding.AssertEqualsSlow(TestImage.Plain(40, 12, pixels), Defaults, $"beside {bright}");
    }

    [Theory]
    [InlineData(0u), InlineData(1u), InlineData(255u), InlineData(1337u), InlineData(1338u), InlineData(4095u), InlineData(4096u)]
    [InlineData(65533u), InlineData(65534u), InlineData(65535u), InlineData(65536u), InlineData((1u << 24) - 1), InlineData(1u << 24), InlineData(uint.MaxValue)]
    public void One_pixel_of_any_height_on_any_level_is_judged_as_the_formula_says(uint level)
    {
        foreach (uint peak in new uint[] { 0, 1, 6, 62, 63, 64, 300, 65533, 65534, 65535, 65536, (1 << 24) - 1, 1 << 24, uint.MaxValue })
        {
            var pixels = new uint[40 * 12];
            Array.Fill(pixels, level);
            pixels[(5 * 40) + 20] = peak;
            pixels[0] = peak;
            pixels[^1] = peak;

            SpotFinding.AssertEqualsSlow(TestImage.Plain(40, 12, pixels), Defaults, $"level {level}, peak {peak}");
        }
    }

    [Theory]
    [InlineData(4), InlineData(5), InlineData(6)]
    public void A_bright_line_along_a_tall_window_is_found_pixel_for_pixel(int halfHeight)
    {
        // The squares of a column must not wrap: 8 · 91² is 65 536 and 712.
        foreach (uint value in new uint[] { 71, 72, 77, 81, 86, 91, 96, 256 })
        {
            for (int length = 5; length <= 13; length++)
            {
                var pixels = new uint[40 * 30];
                for (int y = 0; y < length; y++)
                {
                    pixels[((8 + y) * 40) + 20] = value;
                }

                SpotFinding.AssertEqualsSlow(
                    TestImage.Plain(40, 30, pixels), Defaults with { KernelHalfWidthY = halfHeight }, $"{length} pixels of {value}");
            }
        }
    }

    [Fact]
    public void A_pixel_beyond_16_bits_is_found_however_high_the_bar()
    {
        var pixels = new uint[40 * 12];
        pixels[(5 * 40) + 20] = uint.MaxValue;
        pixels[(5 * 40) + 21] = 60;
        pixels[(6 * 40) + 22] = 1000;
        TestImage image = TestImage.Plain(40, 12, pixels);
        SpotFinderParameters high = Defaults with { SigmaStrong = 1e6 };

        SpotFinding.AssertEqualsSlow(image, high);

        Assert.Equal([(5 * 40) + 20], new SpotFinder(image.Mask, high).FindStrongPixels(pixels).ToArray());
    }

    [Fact]
    public void Nothing_is_strong_where_everything_is_masked()
    {
        TestImage image = new ImageMaker(3).Diffraction(50, 40, 2, spots: 10) with { Valid = new bool[50 * 40] };

        SpotFinding.AssertEqualsSlow(image, Defaults);

        Assert.Empty(new SpotFinder(image.Mask, Defaults).FindStrongPixels(image.Pixels).ToArray());
    }

    [Fact]
    public void A_single_valid_pixel_in_a_sea_of_masked_ones_is_never_strong()
    {
        TestImage image = new ImageMaker(4).Diffraction(50, 40, 2, spots: 10) with { Valid = new bool[50 * 40] };
        image.Valid[(20 * 50) + 20] = true;

        SpotFinding.AssertEqualsSlow(image, Defaults with { MinLocal = 1 });
    }

    [Theory]
    [InlineData(1, 1), InlineData(1, 9), InlineData(9, 1), InlineData(2, 2), InlineData(7, 7), InlineData(31, 3), InlineData(32, 8), InlineData(33, 6), InlineData(64, 5), InlineData(65, 4)]
    public void Images_smaller_than_a_window_or_a_vector_are_found_pixel_for_pixel(int width, int height)
    {
        var maker = new ImageMaker((width * 100) + height);
        for (int i = 0; i < 20; i++)
        {
            SpotFinding.AssertEqualsSlow(maker.Diffraction(width, height, 1, spots: 2, bad: 0.1), Defaults with { SigmaBackground = 1 });
        }
    }

    [Fact]
    public void A_frame_of_another_size_is_refused()
    {
        var finder = new SpotFinder(DetectorMask.AllValid(10, 10), Defaults);

        Assert.Throws<ArgumentException>(() => finder.FindStrongPixels(new ushort[99]).Length);
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        TestImage image = TestData.Synthetic(4);
        ushort[] pixels = image.As16Bit();
        var finder = new SpotFinder(image.Mask, Defaults);
        finder.FindStrongPixels(pixels);

        long before = GC.GetAllocatedBytesForCurrentThread();
        finder.FindStrongPixels(pixels);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Arbitrary<SpotCase> Cases() => SpotCase.Any(SpotAlgorithm.Dispersion).ToArbitrary();
}
