namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// The tests of DIALS on the sums over one window: n counted pixels, their sum and their sum of squares. The left sides are
/// exact 64-bit integers; each right side is one double expression, evaluated in the written order, so that every
/// implementation that has the same three integers takes the same decision.
/// </summary>
internal readonly struct WindowTest
{
    /// <summary>Pixels from this value on are valid but not counted in windows.</summary>
    public const uint CountedBelow = 1 << 24;

    private readonly double _gain;
    private readonly double _sigmaStrong;
    private readonly int _minLocal;
    private readonly double[] _dispersionFactor;

    public WindowTest(SpotFinderParameters parameters)
    {
        _gain = parameters.Gain;
        _sigmaStrong = parameters.SigmaStrong;
        _minLocal = parameters.EffectiveMinLocal;
        _dispersionFactor = new double[parameters.WindowPixels + 1];
        for (int n = 1; n < _dispersionFactor.Length; n++)
        {
            _dispersionFactor[n] = n - 1 + (parameters.SigmaBackground * Math.Sqrt(2.0 * (n - 1)));
        }
    }

    /// <summary>The factor of gain and sum on the right side of the dispersion test.</summary>
    public double DispersionFactor(int n) => _dispersionFactor[n];

    /// <summary>
    /// Returns true if the window varies more than a Poisson background would, and has enough counted pixels for the test.
    /// </summary>
    public bool IsDispersed(long n, long sum, long squares) =>
        n >= _minLocal && n > 0 && (n * squares) - (sum * sum) > _gain * sum * _dispersionFactor[n];

    /// <summary>Returns true if the pixel exceeds the mean of its window.</summary>
    public bool IsAboveMean(long n, long sum, long value) => (n * value) - sum > _sigmaStrong * Math.Sqrt(_gain * sum * n);

    /// <summary>
    /// The second test of the extended algorithm: at or above the mean of the background, which is 0 when fewer than 2 pixels make it.
    /// </summary>
    public bool IsAboveBackground(long n, long sum, long value)
    {
        double mean = n >= 2 ? (double)sum / n : 0;
        return value >= mean + (_sigmaStrong * Math.Sqrt(_gain * mean));
    }

    /// <summary>
    /// Returns the number of sums, from 0 on, that let a pixel of this value pass <see cref="IsAboveMean"/> in a window of n pixels. The
    /// left side falls and the right side rises with the sum, in floating point too, so the passing sums are the first ones.
    /// </summary>
    public long PassingSums(long n, long value)
    {
        long passing = 0;
        long failing = (n * value) + 1;
        while (passing < failing)
        {
            long middle = (passing + failing) / 2;
            if (IsAboveMean(n, middle, value))
            {
                passing = middle + 1;
            }
            else
            {
                failing = middle;
            }
        }

        return passing;
    }
}
