using System.Numerics;

namespace Hutch.Model.Analyses;

/// <summary>
/// Percentiles of times from counts in buckets, without the times themselves. A bucket is a sixteenth of an octave wide, so results are at
/// most 6 % too high. Thread-safe.
/// </summary>
public sealed class LatencyHistogram
{
    private const int StepsInOctave = 16;

    private readonly long[] _counts = new long[StepsInOctave * 40]; // up to 2^39 microseconds, six days

    /// <summary>The number of counted times.</summary>
    public long Count => _counts.Sum();

    public void Add(TimeSpan time)
    {
        ulong microseconds = (ulong)Math.Max(1, time.TotalMicroseconds);
        int octave = BitOperations.Log2(microseconds);
        int step = (int)((microseconds << 4 >> octave) & (StepsInOctave - 1));
        Interlocked.Increment(ref _counts[Math.Min((octave * StepsInOctave) + step, _counts.Length - 1)]);
    }

    /// <summary>The time in milliseconds that a fraction of all times, such as 0.99, does not exceed; null if there are none.</summary>
    public double? Milliseconds(double part)
    {
        long total = _counts.Sum();
        long below = 0;
        for (int i = 0; i < _counts.Length && total > 0; i++)
        {
            below += _counts[i];
            if (below >= part * total)
            {
                (int octave, int step) = Math.DivRem(i, StepsInOctave);
                return Math.Pow(2, octave) * (1 + ((step + 1.0) / StepsInOctave)) / 1000;
            }
        }

        return null;
    }
}
