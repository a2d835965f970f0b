using Hutch.Analysis.Geometry;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Tests.Geometry;

public sealed class ResolutionTests
{
    private static readonly DetectorGeometry Geometry = new(0.9763, DetectorPlane.Square(0.1, 75e-6, 75e-6, 165.5, 126.5));

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
        DetectorGeometry tall = new(0.9763, DetectorPlane.Square(0.1, 75e-6, 150e-6, 165.5, 126.5));

        Assert.Equal(Geometry.Resolution(165.5 + 100, 126.5), tall.Resolution(165.5, 126.5 + 50), 1e-9);
    }

    [Fact]
    public void A_detector_that_is_turned_sees_the_angles_at_which_it_stands()
    {
        // Square to a way that leaves the sample at 30° to the beam.
        (double sine, double cosine) = Math.SinCos(Math.PI / 6);
        Vector middle = new(0.1 * sine, 0, 0.1 * cosine), fast = new(75e-6 * cosine, 0, -75e-6 * sine), slow = new(0, 75e-6, 0);
        var turned = new DetectorGeometry(0.9763, new DetectorPlane(middle - (100 * fast) - (50 * slow), fast, slow));

        Assert.Equal(30, turned.Plane.TurnDegrees, 1e-9);
        Assert.Equal(0.9763 / (2 * Math.Sin(Math.PI / 12)), turned.Resolution(100, 50), 1e-9);
        double further = (Math.PI / 6) + Math.Atan2(40 * 75e-6, 0.1);
        Assert.Equal(0.9763 / (2 * Math.Sin(further / 2)), turned.Resolution(140, 50), 1e-9);
    }
}
