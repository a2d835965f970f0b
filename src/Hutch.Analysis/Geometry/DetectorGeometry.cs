using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Geometry;

/// <summary>A flat detector perpendicular to the beam: all that resolution needs.</summary>
/// <param name="WavelengthAngstrom">Wavelength in Å.</param>
/// <param name="DistanceMetres">From the sample to the detector, in m.</param>
/// <param name="PixelSizeXMetres">Size of a pixel along a row, in m.</param>
/// <param name="PixelSizeYMetres">Size of a pixel along a column, in m.</param>
/// <param name="BeamCentreX">Where the beam meets the detector, in pixels along a row.</param>
/// <param name="BeamCentreY">Where the beam meets the detector, in rows.</param>
/// <param name="Sensor">How deep the sensor absorbs; null to take its surface.</param>
internal sealed record DetectorGeometry(
    double WavelengthAngstrom,
    double DistanceMetres,
    double PixelSizeXMetres,
    double PixelSizeYMetres,
    double BeamCentreX,
    double BeamCentreY,
    SensorDepth? Sensor = null)
{
    /// <summary>The error when resolution limits are given without a geometry.</summary>
    public static HutchError Missing { get; } = ErrorCode.Unprocessable.With(
        "Resolution limits need the geometry: "
        + "wavelength, distance, pixel size and beam centre. Give them, or omit the limits.");

    /// <summary>The geometry in a header, or null when a value is missing or impossible.</summary>
    public static DetectorGeometry? Of(FrameHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (header is not
            {
                WavelengthAngstrom: { } wavelength,
                DistanceMetres: { } distance,
                PixelSizeXMetres: { } sizeX,
                PixelSizeYMetres: { } sizeY,
                BeamCenterX: { } centreX,
                BeamCenterY: { } centreY,
            })
        {
            return null;
        }

        var geometry = new DetectorGeometry(wavelength, distance, sizeX, sizeY, centreX, centreY);
        return geometry.Validated().IsOk ? geometry : null;
    }

    /// <summary>The geometry in a header, and the sensor's depth where it is asked for.</summary>
    public static Result<DetectorGeometry?> Of(FrameHeader header, bool correctsParallax)
    {
        DetectorGeometry? geometry = Of(header);
        return geometry is null || !correctsParallax
            ? geometry
            : SensorDepth.Of(header).Then<DetectorGeometry?>(sensor => geometry with { Sensor = sensor });
    }

    /// <summary>Checks that every value is a number that a detector can have, and names the first one that is not.</summary>
    public Result<DetectorGeometry> Validated()
    {
        string? wrong =
            Positive(nameof(WavelengthAngstrom), WavelengthAngstrom)
            ?? Positive(nameof(DistanceMetres), DistanceMetres)
            ?? Positive(nameof(PixelSizeXMetres), PixelSizeXMetres)
            ?? Positive(nameof(PixelSizeYMetres), PixelSizeYMetres)
            ?? (double.IsFinite(BeamCentreX) && double.IsFinite(BeamCentreY) ? null : "the beam centre is not a number.");
        return wrong is null ? this : ErrorCode.Unprocessable.With("The geometry of the detector is not valid: " + wrong);
    }

    /// <summary>
    /// The length of the scattering vector, 1/d = 2·sin(θ)/λ in 1/Å, at a place on the detector; 0 where the beam goes through.
    /// With r the distance from the beam centre, 2θ = atan(r/distance). A sensor with depth records a ray further out by the mean way in it
    /// times sin 2θ.
    /// </summary>
    public double InverseResolution(double x, double y)
    {
        double dx = (x - BeamCentreX) * PixelSizeXMetres;
        double dy = (y - BeamCentreY) * PixelSizeYMetres;
        double radius = Math.Sqrt((dx * dx) + (dy * dy));
        if (Sensor is not null)
        {
            double way = Math.Sqrt((radius * radius) + (DistanceMetres * DistanceMetres));
            radius -= Sensor.MeanPathMetres(DistanceMetres / way) * radius / way;
        }

        double twoTheta = Math.Atan(radius / DistanceMetres);
        return 2 * Math.Sin(twoTheta / 2) / WavelengthAngstrom;
    }

    /// <summary>The resolution d in Å at a place on the detector; infinite where the beam goes through.</summary>
    public double Resolution(double x, double y) => 1 / InverseResolution(x, y);

    private static string? Positive(string name, double value) =>
        double.IsFinite(value) && value > 0 ? null : FormattableString.Invariant($"{name} is {value}; it must be above 0.");
}
