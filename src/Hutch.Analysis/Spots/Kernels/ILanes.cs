namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// The operations of the row kernels on a vector of 16-bit lanes, so that one source serves every vector width: the JIT makes
/// straight code of each combination.
/// </summary>
/// <typeparam name="TVector">A vector of 16-bit unsigned lanes.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    static abstract int Count { get; }

    static abstract TVector Broadcast(ushort value);

    static abstract TVector Load(ushort* source);

    static abstract void Store(TVector vector, ushort* destination);

    /// <summary>Reads pixels of any type as min(value, 65534) + 1, and those above <paramref name="largestTrusted"/> as 0.</summary>
    static abstract TVector LoadBiased<TPixel>(TPixel* source, TPixel largestTrusted)
        where TPixel : unmanaged;

    /// <summary>Reads mask bytes (0xFF or 0) as lanes (0xFFFF or 0).</summary>
    static abstract TVector LoadMask(byte* source);

    static abstract TVector And(TVector left, TVector right);

    /// <summary>One bit a lane: not 0.</summary>
    static abstract uint IsSet(TVector vector);

    /// <summary>Lane-wise sum, wrapping.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Lane-wise difference, wrapping.</summary>
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>Lane-wise sum that stops at 65535.</summary>
    static abstract TVector AddSaturated(TVector left, TVector right);

    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The squares of lanes below 256.</summary>
    static abstract TVector Square(TVector values);

    /// <summary>The biased lanes without their bias; 0 for invalid ones.</summary>
    static abstract TVector Values(TVector biased);

    static abstract bool HasShift { get; }

    /// <summary>Two vectors in a row as one that begins some lanes later; 2 or 4 lanes.</summary>
    static abstract TVector Shift(TVector low, TVector high, int lanes);

    /// <summary>Entries of the table that <see cref="Lookup"/> can hold in registers.</summary>
    static abstract int TableSize { get; }

    /// <summary>
    /// Brings a table of <see cref="TableSize"/> entries, whose entry 0 is 0, into the two registers that <see cref="Lookup"/> wants.
    /// </summary>
    static abstract void LoadTable(ushort[] table, out TVector first, out TVector second);

    /// <summary>The table's entry for each lane; the last entry for all lanes beyond it.</summary>
    static abstract TVector Lookup(TVector indices, TVector first, TVector second);

    /// <summary>
    /// One bit a lane: the sum is below what passes the strength test, and the squares are above what fails that of dispersion
    /// (<see cref="CandidateBound"/>), given its two factors and <see cref="CandidateBound.CertainlyDispersed"/> in every lane.
    /// </summary>
    static abstract uint Candidates(
        TVector sums, TVector squares, TVector passing, TVector inverseRoot, TVector dispersionFactor, TVector certain);

    /// <summary>One bit a lane: may pass the strength test, given the biased value and the sum of the window.</summary>
    static abstract uint MayBeStrong(TVector biased, TVector sums, CandidateBound bound);
}
