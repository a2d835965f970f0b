using System.Numerics;

namespace Hutch.Formats.Mrc;

/// <summary>Least and greatest value, mean and standard deviation of pixels that come piece by piece.</summary>
internal sealed class MrcStatistics
{
    private long _count;
    private double _sum;
    private double _squares;

    /// <summary>The least value; greater than <see cref="Greatest"/> while there are no pixels.</summary>
    public double Least { get; private set; } = double.PositiveInfinity;

    public double Greatest { get; private set; } = double.NegativeInfinity;

    public double Mean => _sum / _count;

    /// <summary>The standard deviation, which MRC calls rms.</summary>
    public double Deviation => Math.Sqrt(Math.Max(0, (_squares / _count) - (Mean * Mean)));

    public void Add<T>(ReadOnlySpan<T> pixels)
        where T : unmanaged, INumber<T>
    {
        (double least, double greatest, double sum, double squares) = (Least, Greatest, 0, 0);
        foreach (T pixel in pixels)
        {
            double value = double.CreateTruncating(pixel);
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
            sum += value;
            squares += value * value;
        }

        (Least, Greatest) = (least, greatest);
        _sum += sum;
        _squares += squares;
        _count += pixels.Length;
    }
}
