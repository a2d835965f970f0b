using Hutch.Analysis.Geometry;

namespace Hutch.Analysis.Tests.Geometry;

public sealed class ResolutionTests
{
    private static readonly DetectorGeometry Geometry = new(0.9763, 0.1, 75e-6, 75e-6, 165.5, 126.5);

    [Theory]
    [InlineData(165.5, 226.5), InlineData(0, 0), InlineData(331, 253), InlineData(2000.25, 10.5)]
    public void Resolution_is_that_of_Bragg(double x, double y)
    {
        double r = 75e-6 * Math.Sqrt(Math.Pow(x - 165.5, 2) + Math.Pow(y - 126.5, 2));
        double theta = Math.Atan2(r, 0.1) / 2;

        Assert.Equal(0.9763 / (2 * Math.Sin(theta)), Geometry.Resolution(x, y), 1e-9);
        Assert.Equal(1 / Geometry.Resolution(x, y), Geometry.InverseResolution(x, y), 1e-12);
    }

    [Fact]
    public void Where_the_beam_goes_through_resolution_is_infinite()
    {
        Assert.Equal(0, Geometry.InverseResolution(165.5, 126.5));
        Assert.Equal(double.PositiveInfinity, Geometry.Resolution(165.5, 126.5));
    }

    [Fact]
    public void Pixels_need_not_be_square()
    {
        DetectorGeometry tall = Geometry with { PixelSizeYMetres = 150e-6 };

        Assert.Equal(Geometry.Resolution(165.5 + 100, 126.5), tall.Resolution(165.5, 126.5 + 50), 1e-9);
    }

    [Theory]
    [InlineData(0), InlineData(-1), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void A_geometry_without_a_distance_is_refused_with_its_name(double distance)
    {
        Assert.Contains("DistanceMetres", (Geometry with { DistanceMetres = distance }).Validated().Error!.Message, StringComparison.Ordinal);
        Assert.True(Geometry.Validated().IsOk);
    }
}
