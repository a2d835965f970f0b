using Hutch.Analysis.Geometry;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Tests.Geometry;

public sealed class SensorDepthTests
{
    private static readonly FrameHeader Header = new()
    {
        Rows = 1062,
        Columns = 1028,
        Type = ElementType.UInt16,
        WavelengthAngstrom = 0.9763,
        DistanceMetres = 0.05399005866445704,
        PixelSizeXMetres = 75e-6,
        PixelSizeYMetres = 75e-6,
        BeamCenterX = 517.25,
        BeamCenterY = 526.5,
        SensorMaterial = "Si",
        SensorThicknessMetres = 0.45e-3,
    };

    // What cctbx computes from the same tables, in 1/m.
    [Theory]
    [InlineData("Si", 0.5, 570.0486566882857)]
    [InlineData("silicon", 0.9763, 3922.624691862258)]
    [InlineData("Si", 3.0, 96449.59138862507)]
    [InlineData("si", 6.0, 594888.3177566687)]
    public void A_material_absorbs_as_its_table_says(string material, double wavelength, double perMetre)
    {
        SensorDepth depth = SensorDepth.From(Header with { SensorMaterial = material, WavelengthAngstrom = wavelength }).Value;

        Assert.Equal(perMetre, depth.AttenuationPerMetre, perMetre * 1e-6);
    }

    // Resolution of pixels by dxtbx with its parallax-corrected strategy; it takes the pixel's corner.
    [Theory]
    [InlineData(10, 10, 1.2731008026158572)]
    [InlineData(500, 100, 1.8497117941848633)]
    [InlineData(1000.5, 700.25, 1.6039718811924313)]
    public void Resolution_allows_for_the_depth_at_which_the_sensor_absorbs(double x, double y, double resolution)
    {
        DetectorGeometry geometry = DetectorGeometry.From(Header, correctsParallax: true).Value!;

        Assert.Equal(resolution, geometry.Resolution(x, y), 1e-6);
        Assert.True(DetectorGeometry.From(Header)!.Resolution(x, y) < resolution);
    }

    [Fact]
    public void Where_the_beam_goes_through_resolution_is_infinite() =>
        Assert.Equal(0, DetectorGeometry.From(Header, correctsParallax: true).Value!.InverseResolution(517.25, 526.5));

    [Theory]
    [InlineData(null, 0.45e-3, 1.0, "lacks")]
    [InlineData("Si", null, 1.0, "lacks")]
    [InlineData("Ge", 0.45e-3, 1.0, "'Ge'")]
    [InlineData("CdTe", 0.75e-3, 0.01, "1 to 200 keV")]
    [InlineData("CdTe", 0.75e-3, 20.0, "1 to 200 keV")]
    public void Parallax_correction_refuses_a_sensor_with_incomplete_data(string? material, double? thickness, double wavelength, string why)
    {
        FrameHeader header = Header with { SensorMaterial = material, SensorThicknessMetres = thickness, WavelengthAngstrom = wavelength };

        Assert.Contains(why, DetectorGeometry.From(header, correctsParallax: true).Error!.Message, StringComparison.Ordinal);
        Assert.True(DetectorGeometry.From(header, correctsParallax: false).IsOk);
    }
}
