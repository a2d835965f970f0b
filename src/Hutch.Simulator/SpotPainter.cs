namespace Hutch.Simulator;

/// <summary>Adds the photons of reflections to an image: a Gaussian profile, integrated over each pixel, then Poisson.</summary>
internal sealed class SpotPainter(DetectorModel detector, double sigma)
{
    private readonly int _reach = (int)Math.Ceiling(4 * sigma);

    /// <summary>Adds a reflection; returns the photons that were really counted in pixels that are good.</summary>
    public int Paint(in Reflection reflection, double scale, Span<uint> counts, ReadOnlySpan<uint> mask, ref SimulationRandom random)
    {
        int column = (int)reflection.X;
        int row = (int)reflection.Y;
        int counted = 0;
        for (int y = Math.Max(0, row - _reach); y <= Math.Min(detector.Rows - 1, row + _reach); y++)
        {
            double part = scale * reflection.ExpectedPhotons * Share(y, reflection.Y);
            for (int x = Math.Max(0, column - _reach); x <= Math.Min(detector.Columns - 1, column + _reach); x++)
            {
                int photons = random.NextPoisson(part * Share(x, reflection.X));
                int at = (y * detector.Columns) + x;
                counts[at] += (uint)photons;
                counted += mask[at] == 0 ? photons : 0;
            }
        }

        return counted;
    }

    private double Share(int pixel, double centre)
    {
        double scale = sigma * Math.Sqrt(2);
        return (Gauss.Erf((pixel + 1 - centre) / scale) - Gauss.Erf((pixel - centre) / scale)) / 2;
    }
}
