namespace Hutch.Detectors.Export;

/// <summary>
/// The location of the pixels and the sample in NXmx: chains of transformations. NeXus looks along the beam with x to the left, so that
/// both directions of the detector are negative; see https://manual.nexusformat.org/classes/applications/NXmx.html.
/// </summary>
internal static class NxMxGeometry
{
    /// <summary>The last transformation of the detector: the path that its <c>depends_on</c> names.</summary>
    public static string TranslationOf(string detector) => detector + "/transformations/translation";

    /// <summary>Writes the module of a flat detector across the beam, and the translation that it depends on.</summary>
    public static void WriteModule(IHdf5Tree file, string detector, FlatDetector flat)
    {
        string module = detector + "/module";
        string translation = TranslationOf(detector);
        file.Group(detector + "/transformations", "NXtransformations");
        WriteTranslation(file, translation, flat.DistanceMetres, [0, 0, 1], ".");

        // From the beam to the first corner.
        double x = flat.BeamX * flat.PixelWidthMetres;
        double y = flat.BeamY * flat.PixelHeightMetres;
        double length = Math.Sqrt((x * x) + (y * y));
        double[] direction = length > 0 ? [x / length, y / length, 0] : [1, 0, 0];
        file.Group(module, "NXdetector_module");
        file.Value(module + "/data_origin", new long[] { 0, 0 });
        file.Value(module + "/data_size", new long[] { flat.Rows, flat.Columns });
        WriteTranslation(file, module + "/module_offset", length, direction, translation);
        WriteTranslation(file, module + "/fast_pixel_direction", flat.PixelWidthMetres, [-1, 0, 0], module + "/module_offset");
        WriteTranslation(file, module + "/slow_pixel_direction", flat.PixelHeightMetres, [0, -1, 0], module + "/module_offset");
    }

    /// <param name="starts">Where the axis was at the start of each image, in degrees.</param>
    /// <param name="increment">How far it turned in each, in degrees.</param>
    public static void WriteRotation(IHdf5Tree file, string sample, string axis, double[] starts, double increment)
    {
        string path = $"{sample}/transformations/{axis}";
        file.Value(sample + "/depends_on", path);
        file.Group(sample + "/transformations", "NXtransformations");
        file.Value(
            path,
            starts,
            ("transformation_type", "rotation"),
            ("vector", new double[] { -1, 0, 0 }),
            ("offset", new double[] { 0, 0, 0 }),
            ("units", "deg"),
            ("depends_on", "."));
        double[] ends = starts.Select(start => start + increment).ToArray();
        file.Value(path + "_end", ends, ("units", "deg"));
        file.Value(path + "_increment_set", increment, ("units", "deg"));
    }

    private static void WriteTranslation(IHdf5Tree file, string path, double value, double[] vector, string dependsOn) => file.Value(
        path,
        value,
        ("transformation_type", "translation"),
        ("vector", vector),
        ("offset", new double[] { 0, 0, 0 }),
        ("units", "m"),
        ("depends_on", dependsOn));
}

/// <param name="PixelWidthMetres">Along a row.</param>
/// <param name="PixelHeightMetres">Along a column.</param>
/// <param name="BeamX">Where the beam meets it, in pixels along a row.</param>
/// <param name="BeamY">Where the beam meets it, in rows.</param>
/// <param name="DistanceMetres">From the sample.</param>
internal sealed record FlatDetector(
    int Rows, int Columns, double PixelWidthMetres, double PixelHeightMetres, double BeamX, double BeamY, double DistanceMetres);
