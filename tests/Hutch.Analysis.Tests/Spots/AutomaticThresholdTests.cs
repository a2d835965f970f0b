using Hutch.Analysis.Spots;
using Hutch.Analysis.Tests.Support;

namespace Hutch.Analysis.Tests.Spots;

public sealed class AutomaticThresholdTests
{
    private static readonly SpotFinderParameters Automatic = SpotFinderParameters.Default with { GlobalThreshold = null };

    [Theory]
    [InlineData(0.2), InlineData(3), InlineData(40), InlineData(2000)]
    public void Each_image_gets_the_threshold_that_the_slow_rule_chooses(double background)
    {
        TestImage image = new ImageMaker(11).Diffraction(150, 70, background, spots: 40);

        SpotFinding.AssertEqualsSlow(image, Automatic, $"background {background}");
    }

    [Fact]
    public void The_threshold_rises_with_the_background()
    {
        int[] thresholds = [.. new[] { 1.0, 10, 100 }.Select(b => SlowStrongPixels.AutomaticThreshold(new ImageMaker(12).Diffraction(100, 100, b, spots: 5)))];

        Assert.Equal(thresholds.Order(), thresholds);
        Assert.True(thresholds[0] < thresholds[2]);
    }

    [Fact]
    public void An_empty_image_has_one_too() =>
        SpotFinding.AssertEqualsSlow(TestImage.Plain(20, 20, new uint[400]), Automatic);
}
