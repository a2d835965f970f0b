namespace Hutch.Simulator;

/// <summary>
/// Poisson background that falls with the angle, with the broad ring of water. Millions of numbers an image: their means are
/// rounded to a few hundred levels, 3 % apart.
/// </summary>
internal sealed class Background
{
    private const int Levels = 255;
    private const int StepsPerPixel = 4;
    private const double MinimumMean = 1e-3;
    private const double WaterRingAngstrom = 3.3;

    private readonly byte[] _levelOf;
    private readonly PoissonTables _tables;

    public Background(SimulationOptions options, Geometry geometry, double scale)
    {
        double highest = Math.Max(options.BackgroundPhotons * scale * 1.3, 2 * MinimumMean);
        double step = Math.Pow(highest / MinimumMean, 1.0 / (Levels - 1));
        byte[] byRadius = LevelsByRadius(options, geometry, scale, step);
        _levelOf = LevelMap(options.Detector, geometry, byRadius);
        _tables = new PoissonTables(byRadius.Distinct(), level => MinimumMean * Math.Pow(step, level));
    }

    public void Draw(Span<uint> counts, ref SimulationRandom random) => _tables.Draw(_levelOf, counts, ref random);

    // The background is the same all around the beam: what belongs to a radius is worked out once.
    private static byte[] LevelsByRadius(SimulationOptions options, Geometry geometry, double scale, double step)
    {
        DetectorModel detector = options.Detector;
        int longest = StepsPerPixel * (detector.Rows + detector.Columns);
        byte[] levels = new byte[longest];
        for (int i = 0; i < longest; i++)
        {
            double radius = Math.Max(0.5, (i + 0.5) / StepsPerPixel);
            double mean = scale * Mean(options, geometry.ResolutionAt(geometry.BeamX + radius, geometry.BeamY));
            levels[i] = (byte)Math.Clamp(Math.Round(Math.Log(mean / MinimumMean) / Math.Log(step)), 0, Levels - 1);
        }

        return levels;
    }

    private static byte[] LevelMap(DetectorModel detector, Geometry geometry, byte[] byRadius)
    {
        byte[] levels = new byte[detector.Rows * detector.Columns];
        for (int row = 0, i = 0; row < detector.Rows; row++)
        {
            double dy = row + 0.5 - geometry.BeamY;
            for (int column = 0; column < detector.Columns; column++, i++)
            {
                double dx = column + 0.5 - geometry.BeamX;
                levels[i] = byRadius[(int)(StepsPerPixel * Math.Sqrt((dx * dx) + (dy * dy)))];
            }
        }

        return levels;
    }

    private static double Mean(SimulationOptions options, double resolution)
    {
        double s = 1 / resolution;
        double ring = (s - (1 / WaterRingAngstrom)) / 0.06;
        return options.BackgroundPhotons * (0.08 + (0.92 * Math.Exp(-s * s * 7)) + (0.25 * Math.Exp(-ring * ring / 2)));
    }
}
