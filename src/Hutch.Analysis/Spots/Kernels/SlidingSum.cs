namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// Sums of seven neighbouring lanes, vector after vector: each lane with the six that follow it, made of sums of two. It replaces seven
/// loads, six of them across cache lines, with two of these and two shifts in registers: a processor has as many ports for the one as for
/// the other.
/// </summary>
internal unsafe struct SlidingSum<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private TVector _pairs;

    /// <summary>Begins with the first lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SlidingSum(ushort* lanes) => _pairs = Pairs(lanes);

    /// <summary>The sums of the next vector of lanes; those of the vector after it are read too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Advance(ushort* lanes)
    {
        TVector next = Pairs(lanes + TLanes.Count);
        TVector four = TLanes.AddSaturated(_pairs, TLanes.Shift(_pairs, next, 2));
        TVector three = TLanes.AddSaturated(TLanes.Shift(_pairs, next, 4), TLanes.Load(lanes + 6));
        _pairs = next;
        return TLanes.AddSaturated(four, three);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Pairs(ushort* lanes) => TLanes.AddSaturated(TLanes.Load(lanes), TLanes.Load(lanes + 1));
}
