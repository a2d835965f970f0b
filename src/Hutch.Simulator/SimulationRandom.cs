using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hutch.Simulator;

/// <summary>
/// Chance that is the same on every machine and version: xoshiro256++, started by splitmix64. See https://prng.di.unimi.it/.
/// </summary>
internal struct SimulationRandom
{
    private ulong _a, _b, _c, _d;

    /// <summary>Starts a stream; different numbers give independent streams.</summary>
    public SimulationRandom(ulong seed, ulong stream)
    {
        ulong state = seed ^ (stream * 0x9E3779B97F4A7C15);
        _a = SplitMix(ref state);
        _b = SplitMix(ref state);
        _c = SplitMix(ref state);
        _d = SplitMix(ref state);
    }

    /// <summary>64 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_a + _d, 23) + _a;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number from 0 up to, but not, 1.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 up to, but not, <paramref name="limit"/>.</summary>
    public int NextInt(int limit) => (int)(((UInt128)Next() * (ulong)limit) >> 64);

    public double NextNormal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());

    /// <summary>A number of the exponential distribution of mean 1.</summary>
    public double NextExponential() => -Math.Log(1 - NextUnit());

    /// <summary>A number of the Poisson distribution; above a mean of 50 its normal approximation.</summary>
    public int NextPoisson(double mean)
    {
        const double NormalFrom = 50;
        if (mean >= NormalFrom)
        {
            return (int)Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * NextNormal())));
        }

        double limit = Math.Exp(-mean);
        double product = NextUnit();
        int count = 0;
        while (product > limit)
        {
            product *= NextUnit();
            count++;
        }

        return count;
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
