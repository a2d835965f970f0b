namespace Hutch.Simulator.Microscope;

/// <summary>By what each pixel of a camera must be multiplied, because some count more of the electrons than others.</summary>
internal static class GainReference
{
    public const float Least = 0.85f, Greatest = 1.15f;

    /// <summary>Makes up the factors of a camera, row by row: its columns are read by different amplifiers.</summary>
    public static float[] Create(MicroscopeOptions options)
    {
        var random = new SimulationRandom(options.Seed, 0);
        var columns = new double[options.Columns];
        for (int column = 0; column < columns.Length; column++)
        {
            columns[column] = 1 + (0.03 * random.NextNormal());
        }

        var gain = new float[options.Rows * options.Columns];
        for (int i = 0; i < gain.Length; i++)
        {
            gain[i] = (float)Math.Clamp(columns[i % columns.Length] * (1 + (0.02 * random.NextNormal())), Least, Greatest);
        }

        return gain;
    }
}
