using FsCheck;
using FsCheck.Fluent;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Tests.Support;
using TestData = Hutch.Analysis.Tests.Support.TestData;

namespace Hutch.Analysis.Tests.Spots;

public sealed class DispersionExtendedTests
{
    private static readonly SpotFinderParameters Defaults = SpotFinderParameters.Default with { Algorithm = SpotAlgorithm.DispersionExtended };

    [Fact]
    public void The_slow_rules_give_each_step_of_the_worked_example()
    {
        var slow = new SlowStrongPixels(TestData.Example(), Defaults, threshold: 0);

        Assert.Equal(TestData.ExampleMask("ext_not_background"), slow.NotBackground());
        Assert.Equal(TestData.ExampleMask("ext_eroded_foreground"), slow.Foreground());
        Assert.Equal(TestData.ExampleMask("dispersion_extended"), slow.Extended());
    }

    [Fact]
    public void The_worked_example_is_found_pixel_for_pixel() => SpotFinding.AssertEqualsSlow(TestData.Example(), Defaults);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void The_synthetic_images_are_found_pixel_for_pixel(int number)
    {
        TestImage image = TestData.Synthetic(number);
        int expected = TestData.Expected.GetProperty("images")[number - 1].GetProperty("dispersion_extended").GetProperty("strong_pixels").GetInt32();

        SpotFinding.AssertEqualsSlow(image, Defaults);

        Assert.Equal(expected, new SpotFinder(image.Mask, Defaults).FindStrongPixels(image.As16Bit()).Length);
    }

    [Theory]
    [InlineData(0), InlineData(0.05), InlineData(1.5), InlineData(12), InlineData(550), InlineData(4090), InlineData(30000)]
    public void Noise_with_spots_on_any_background_is_found_pixel_for_pixel(double background)
    {
        var maker = new ImageMaker((int)background + 23);

        SpotFinding.AssertEqualsSlow(maker.Diffraction(161, 60, background, spots: 20), Defaults, $"background {background}");
    }

    [Fact]
    public void Any_size_and_any_values_are_found_pixel_for_pixel()
    {
        Prop.ForAll(
            SpotCase.Any(SpotAlgorithm.DispersionExtended).ToArbitrary(),
            c => SpotFinding.AssertEqualsSlow(c.Image(), c.Parameters, c.ToString())).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0u), InlineData(4095u), InlineData(4096u), InlineData(65535u), InlineData((1u << 24) - 1), InlineData(1u << 24), InlineData(uint.MaxValue)]
    public void One_pixel_of_any_height_on_any_level_is_judged_as_the_formula_says(uint level)
    {
        foreach (uint peak in new uint[] { 0, 1, 300, 4095, 4096, 65533, 65535, 65536, (1 << 24) - 1, 1 << 24, uint.MaxValue })
        {
            var pixels = new uint[40 * 12];
            Array.Fill(pixels, level);
            pixels[(5 * 40) + 20] = peak;
            pixels[0] = peak;
            pixels[^1] = peak;

            SpotFinding.AssertEqualsSlow(TestImage.Plain(40, 12, pixels), Defaults, $"level {level}, peak {peak}");
        }
    }

    [Fact]
    public void Nothing_is_strong_where_everything_is_masked()
    {
        TestImage image = new ImageMaker(3).Diffraction(50, 40, 2, spots: 10) with { Valid = new bool[50 * 40] };

        SpotFinding.AssertEqualsSlow(image, Defaults);
    }

    [Theory]
    [InlineData(1, 1), InlineData(1, 9), InlineData(9, 1), InlineData(7, 7), InlineData(63, 3), InlineData(64, 5), InlineData(65, 4), InlineData(129, 2)]
    public void Images_smaller_than_a_window_or_a_word_are_found_pixel_for_pixel(int width, int height)
    {
        var maker = new ImageMaker((width * 100) + height);
        for (int i = 0; i < 10; i++)
        {
            SpotFinding.AssertEqualsSlow(maker.Diffraction(width, height, 1, spots: 2, bad: 0.1), Defaults with { SigmaBackground = 1 });
        }
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
}
