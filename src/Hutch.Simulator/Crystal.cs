namespace Hutch.Simulator;

/// <summary>
/// A tetragonal crystal that turns about the detector's fast direction. Which reflections it sends to which image follows from Ewald's
/// construction; their strengths follow Wilson's statistics.
/// </summary>
/// <remarks>Axes: x along a row, y down a column, z along the beam. NeXus turns the first two around; the file's vectors say so.</remarks>
internal sealed class Crystal
{
    private const double MinimumExpectedPhotons = 0.5;
    private const double TemperatureFactor = 18;

    // A reflection near the rotation axis stays in position for long; the formula's width has no bound there.
    private const double MinimumLorentz = 0.05;
    private const double WidthsSeen = 4;

    // Makes indices positive; cells of 500 Å have indices below it.
    private const int IndexOffset = 4096;

    private readonly SimulationOptions _options;
    private readonly Geometry _geometry;
    private readonly Matrix3 _orientation;
    private readonly double _a;
    private readonly double _c;

    public Crystal(SimulationOptions options, Geometry geometry)
    {
        _options = options;
        _geometry = geometry;
        (_a, _c) = options.UsedCell;
        _orientation = Matrix3.RandomRotation(new SimulationRandom(options.Seed, ulong.MaxValue));
    }

    /// <summary>The reciprocal basis at the start of the scan, in 1/Å: rows a*, b*, c*.</summary>
    public double[] ReciprocalBasis => _orientation.ScaledColumns(1 / _a, 1 / _a, 1 / _c);

    public List<Reflection>[] Diffract()
    {
        var images = new List<Reflection>[_options.Images];
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = [];
        }

        double limit = 1 / (0.98 * CornerResolution());
        int maxH = (int)(limit * _a);
        int maxL = (int)(limit * _c);
        for (int h = -maxH; h <= maxH; h++)
        {
            for (int k = -maxH; k <= maxH; k++)
            {
                for (int l = -maxL; l <= maxL; l++)
                {
                    double s = Math.Sqrt((((h * h) + (k * k)) / (_a * _a)) + (l * l / (_c * _c)));
                    if (s > 0 && s <= limit)
                    {
                        Place(images, h, k, l, s);
                    }
                }
            }
        }

        return images;
    }

    private double CornerResolution()
    {
        DetectorModel detector = _options.Detector;
        return Math.Min(
            Math.Min(_geometry.ResolutionAt(0, 0), _geometry.ResolutionAt(detector.Columns, 0)),
            Math.Min(_geometry.ResolutionAt(0, detector.Rows), _geometry.ResolutionAt(detector.Columns, detector.Rows)));
    }

    // The reciprocal point q crosses Ewald's sphere where |q|^2 + 2 s0.q = 0, that is where its z is -|q|^2 lambda/2.
    private void Place(List<Reflection>[] images, int h, int k, int l, double s)
    {
        (double qx, double qy, double qz) = _orientation.Times(h / _a, k / _a, l / _c);
        double radius = Math.Sqrt((qy * qy) + (qz * qz));
        double z = -s * s * _options.WavelengthAngstrom / 2;
        if (Math.Abs(z) >= radius)
        {
            return;
        }

        double total = TotalPhotons(h, k, l, s);
        double phase = Math.Atan2(qy, qz);
        double half = Math.Acos(z / radius);
        Cross(images, (short)h, (short)k, (short)l, s, total, qx, Math.Sqrt((radius * radius) - (z * z)), z, phase - half);
        Cross(images, (short)h, (short)k, (short)l, s, total, qx, -Math.Sqrt((radius * radius) - (z * z)), z, phase + half);
    }

    private void Cross(
        List<Reflection>[] images, short h, short k, short l, double s, double total, double x, double y, double z, double angle)
    {
        double s1z = (1 / _options.WavelengthAngstrom) + z;
        if (s1z <= 0)
        {
            return;
        }

        double scale = _geometry.DistanceMetres / DetectorModel.PixelSizeMetres / s1z;
        float column = (float)(_geometry.BeamX + (x * scale));
        float row = (float)(_geometry.BeamY + (y * scale));
        if (column < 0 || row < 0 || column >= _options.Detector.Columns || row >= _options.Detector.Rows)
        {
            return;
        }

        double width = _options.MosaicityDegrees / Math.Max(MinimumLorentz, Math.Abs(y) / s);
        double spread = width / _options.IncrementDegrees;
        double revolution = 360 / _options.IncrementDegrees;
        double centre = (angle * 180 / Math.PI / _options.IncrementDegrees) - revolution;
        double start = centre - (Math.Floor((centre + (WidthsSeen * spread)) / revolution) * revolution);
        for (centre = start; centre - (WidthsSeen * spread) < _options.Images; centre += revolution)
        {
            Record(images, new Reflection(h, k, l, column, row, (float)(1 / s), 0), total, centre, spread);
        }
    }

    // "centre" and "spread" of the rocking curve are counted in images.
    private static void Record(List<Reflection>[] images, Reflection reflection, double total, double centre, double spread)
    {
        int first = (int)Math.Max(0, Math.Floor(centre - (WidthsSeen * spread)));
        int last = (int)Math.Min(images.Length - 1, Math.Floor(centre + (WidthsSeen * spread)));
        for (int image = first; image <= last; image++)
        {
            double part = Normal((image + 1 - centre) / spread) - Normal((image - centre) / spread);
            if (part * total >= MinimumExpectedPhotons)
            {
                images[image].Add(reflection with { ExpectedPhotons = (float)(part * total) });
            }
        }
    }

    // Acentric reflections of a random structure are distributed exponentially about their mean; a Friedel pair is equally strong.
    private double TotalPhotons(int h, int k, int l, double s)
    {
        (int a, int b, int c) = (h, k, l).CompareTo((0, 0, 0)) < 0 ? (-h, -k, -l) : (h, k, l);
        uint ha = (uint)(a + IndexOffset), hb = (uint)(b + IndexOffset), hc = (uint)(c + IndexOffset);
        var random = new SimulationRandom(_options.Seed, ((ulong)ha << 40) | ((ulong)hb << 20) | hc);
        return _options.ReflectionPhotons * Math.Exp(-TemperatureFactor * s * s / 2) * random.NextExponential();
    }

    private static double Normal(double x) => 0.5 * (1 + Gauss.Erf(x / Math.Sqrt(2)));
}

/// <param name="H">First index.</param>
/// <param name="K">Second index.</param>
/// <param name="X">Its centre along a row; a pixel's own centre is at its number + 0.5.</param>
internal readonly record struct Reflection(short H, short K, short L, float X, float Y, float ResolutionAngstrom, float ExpectedPhotons);
