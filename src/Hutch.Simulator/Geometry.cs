namespace Hutch.Simulator;

/// <param name="BeamX">Where the beam meets it, in pixels along a row.</param>
internal sealed record Geometry(double BeamX, double BeamY, double DistanceMetres, double WavelengthAngstrom)
{
    /// <summary>The geometry that the options ask for. The beam is a little off the middle, as in life.</summary>
    public static Geometry From(SimulationOptions options)
    {
        DetectorModel detector = options.Detector;
        double halfMetres = Math.Min(detector.Rows, detector.Columns) * DetectorModel.PixelSizeMetres / 2;
        double twoTheta = 2 * Math.Asin(options.WavelengthAngstrom / (2 * options.EdgeResolutionAngstrom));
        double distance = options.DistanceMetres ?? halfMetres / Math.Tan(twoTheta);
        return new Geometry((detector.Columns / 2.0) + 3.25, (detector.Rows / 2.0) - 4.5, distance, options.WavelengthAngstrom);
    }

    /// <summary>The resolution in Å at a place on the detector.</summary>
    public double ResolutionAt(double x, double y)
    {
        double radius = DetectorModel.PixelSizeMetres * Math.Sqrt(((x - BeamX) * (x - BeamX)) + ((y - BeamY) * (y - BeamY)));
        return WavelengthAngstrom / (2 * Math.Sin(Math.Atan(radius / DistanceMetres) / 2));
    }
}
