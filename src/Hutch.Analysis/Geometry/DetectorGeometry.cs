using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Geometry;

/// <param name="Plane">Where its pixels are.</param>
/// <param name="Sensor">How deep the sensor absorbs; null to take its surface.</param>
internal sealed record DetectorGeometry(double WavelengthAngstrom, DetectorPlane Plane, SensorDepth? Sensor = null)
{
    /// <summary>The error when resolution limits are given without a geometry.</summary>
    public static HutchError Missing { get; } = ErrorCode.Unprocessable.With(
        "Resolution limits need the geometry: "
        + "wavelength, distance, pixel size and beam centre. Give them, or omit the limits.");

    /// <summary>The geometry in a header, or null when a value is missing or impossible.</summary>
    public static DetectorGeometry? From(FrameHeader header)
    {
        DetectorPlane? plane = header.Plane ?? SquareOf(header);
        return plane is { IsPossible: true } && header.WavelengthAngstrom is > 0 and not double.PositiveInfinity and { } wavelength
            ? new DetectorGeometry(wavelength, plane)
            : null;
    }

    /// <summary>The geometry in a header, and the sensor's depth where it is asked for.</summary>
    public static Result<DetectorGeometry?> From(FrameHeader header, bool correctsParallax)
    {
        DetectorGeometry? geometry = From(header);
        return geometry is null || !correctsParallax
            ? geometry
            : SensorDepth.From(header).Then<DetectorGeometry?>(sensor => geometry with { Sensor = sensor });
    }

    /// <summary>
    /// The length of the scattering vector, 1/d = 2·sin(θ)/λ in 1/Å, at a place on the detector; 0 where the beam goes through.
    /// 2θ is the angle between the beam and the way from the sample to there. A sensor with depth records a ray further on by what the mean
    /// way in it has along the detector.
    /// </summary>
    public double InverseResolution(double x, double y)
    {
        Vector position = Plane.At(x, y);
        if (Sensor is not null)
        {
            Vector ray = 1 / position.Length * position;
            double cosine = ray.Dot(Plane.Normal);
            position -= Sensor.MeanPathMetres(cosine) * (ray - (cosine * Plane.Normal));
        }

        double twoTheta = Math.Atan2(Math.Sqrt((position.X * position.X) + (position.Y * position.Y)), position.Z);
        return 2 * Math.Sin(twoTheta / 2) / WavelengthAngstrom;
    }

    /// <summary>The resolution d in Å at a place on the detector; infinite where the beam goes through.</summary>
    public double Resolution(double x, double y) => 1 / InverseResolution(x, y);

    private static DetectorPlane? SquareOf(FrameHeader header) => header is
    {
        DistanceMetres: > 0 and { } distance,
        PixelSizeXMetres: > 0 and { } sizeX,
        PixelSizeYMetres: > 0 and { } sizeY,
        BeamCenterX: { } centreX,
        BeamCenterY: { } centreY,
    }
        ? DetectorPlane.Square(distance, sizeX, sizeY, centreX, centreY)
        : null;
}
