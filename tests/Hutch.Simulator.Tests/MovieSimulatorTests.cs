using Hutch.Simulator.Microscope;

namespace Hutch.Simulator.Tests;

public sealed class MovieSimulatorTests
{
    private const int Frames = 60;

    private static readonly MicroscopeOptions Small = new() { Columns = 128, Rows = 128, Frames = Frames, Seed = 3 };

    [Fact]
    public void The_same_options_give_the_same_frames_and_another_movie_frame_or_seed_others()
    {
        short[] first = Draw(Small, 1, 2);

        Assert.Equal(first, Draw(Small, 1, 2));
        Assert.NotEqual(first, Draw(Small, 1, 3));
        Assert.NotEqual(first, Draw(Small, 2, 2));
        Assert.NotEqual(first, Draw(Small with { Seed = 4 }, 1, 2));
    }

    [Fact]
    public void Electrons_are_counted_as_by_Poissons_law_and_fewer_where_particles_scatter_them()
    {
        double[] sums = new double[Small.Rows * Small.Columns];
        double[] squares = new double[sums.Length];
        foreach (short[] frame in Movie(Small))
        {
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += frame[i];
                squares[i] += frame[i] * frame[i];
            }
        }

        double mean = sums.Average() / Frames;
        double dispersion = Enumerable.Range(0, sums.Length)
            .Average(i => (squares[i] - (sums[i] * sums[i] / Frames)) / (Frames - 1)) / mean;
        Assert.InRange(dispersion, 0.97, 1.03);
        Assert.InRange(mean / Small.ElectronsPerPixel, 0.75, 0.99);
    }

    [Fact]
    public void Frames_multiplied_by_the_gain_reference_do_not_depend_on_the_gain()
    {
        float[] gain = new MovieSimulator(Small).Gain;
        double[] raw = new double[gain.Length];
        foreach (short[] frame in Movie(Small))
        {
            for (int i = 0; i < raw.Length; i++)
            {
                raw[i] += frame[i];
            }
        }

        double[] sensitivity = [.. gain.Select(factor => 1.0 / factor)];
        double[] corrected = [.. raw.Select((sum, i) => sum * gain[i])];
        double mean = corrected.Average();
        Assert.InRange(Slope(sensitivity, raw), 0.8 * mean, 1.2 * mean);
        Assert.InRange(Slope(sensitivity, corrected), -0.2 * mean, 0.2 * mean);
    }

    [Fact]
    public void Drawing_a_frame_allocates_nothing()
    {
        var simulator = new MovieSimulator(Small);
        short[] pixels = new short[Small.Rows * Small.Columns];
        long least = long.MaxValue;

        // The runtime allocates, too, while it compiles a method anew.
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            simulator.Begin(i);
            simulator.Draw(0, pixels);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static short[] Draw(MicroscopeOptions options, int movie, int frame)
    {
        var simulator = new MovieSimulator(options);
        short[] pixels = new short[options.Rows * options.Columns];
        simulator.Begin(movie);
        simulator.Draw(frame, pixels);
        return pixels;
    }

    private static IEnumerable<short[]> Movie(MicroscopeOptions options)
    {
        var simulator = new MovieSimulator(options);
        simulator.Begin(0);
        for (int frame = 0; frame < options.Frames; frame++)
        {
            short[] pixels = new short[options.Rows * options.Columns];
            simulator.Draw(frame, pixels);
            yield return pixels;
        }
    }

    private static double Slope(double[] x, double[] y)
    {
        (double meanX, double meanY) = (x.Average(), y.Average());
        double both = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return both / x.Sum(a => (a - meanX) * (a - meanX));
    }
}
