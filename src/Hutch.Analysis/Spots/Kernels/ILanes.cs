namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// What the row kernels need of a vector of 16-bit lanes, so that one text of them serves every vector width: the JIT makes
/// straight code of each combination.
/// </summary>
/// <typeparam name="TVector">A vector of 16-bit unsigned lanes.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Lanes in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Every lane the same.</summary>
    static abstract TVector Broadcast(ushort value);

    /// <summary>Reads one vector.</summary>
    static abstract TVector Load(ushort* source);

    /// <summary>Writes one vector.</summary>
    static abstract void Store(TVector vector, ushort* destination);

    /// <summary>
    /// Reads pixels of any type as min(value, 65534) + 1, and those above <paramref name="largestTrusted"/> as 0.
    /// </summary>
    static abstract TVector LoadBiased<TPixel>(TPixel* source, TPixel largestTrusted)
        where TPixel : unmanaged;

    /// <summary>Reads mask bytes (0xFF or 0) as lanes (0xFFFF or 0).</summary>
    static abstract TVector LoadMask(byte* source);

    /// <summary>Bitwise and.</summary>
    static abstract TVector And(TVector left, TVector right);

    /// <summary>Lane-wise sum, wrapping.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Lane-wise difference, wrapping.</summary>
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>The biased lanes without their bias: value - 1 where 1 &lt;= value &lt;= limit, else 0.</summary>
    static abstract TVector Addend(TVector biased, TVector limit);

    /// <summary>Whether any lane is not 0.</summary>
    static abstract bool AnySet(TVector vector);

    /// <summary>
    /// The lanes that may pass the strength test with a window sum that is at least <paramref name="sums"/>: one bit a lane, none
    /// missing, few too many.
    /// </summary>
    static abstract ulong MayBeStrong(TVector biased, TVector sums, in StrengthBound bound);
}
