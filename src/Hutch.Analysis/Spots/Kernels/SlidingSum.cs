using System.Runtime.CompilerServices;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// Sums of seven neighbouring lanes, vector after vector: each lane with the six that follow it. Shifts in registers instead of
/// seven loads, six of which would straddle cache lines: less than half the time.
/// </summary>
internal struct SlidingSum<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private TVector _current;
    private TVector _next;
    private TVector _pairs;

    /// <summary>Begins with the first two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SlidingSum(TVector first, TVector second)
    {
        _current = first;
        _next = second;
        _pairs = TLanes.AddSaturated(first, TLanes.Shift(first, second, 1));
    }

    /// <summary>The sums of the current vector's lanes; the vector after the next one is needed to go on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Advance(TVector afterNext)
    {
        TVector nextPairs = TLanes.AddSaturated(_next, TLanes.Shift(_next, afterNext, 1));
        TVector four = TLanes.AddSaturated(_pairs, TLanes.Shift(_pairs, nextPairs, 2));
        TVector three = TLanes.AddSaturated(TLanes.Shift(_pairs, nextPairs, 4), TLanes.Shift(_current, _next, 6));
        _current = _next;
        _next = afterNext;
        _pairs = nextPairs;
        return TLanes.AddSaturated(four, three);
    }
}
