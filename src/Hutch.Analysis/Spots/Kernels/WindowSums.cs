namespace Hutch.Analysis.Spots.Kernels;

/// <summary>The sums over one window, from which a pixel is judged.</summary>
internal struct WindowSums
{
    /// <summary>Counted pixels.</summary>
    public long Count;

    /// <summary>Sum of their counts.</summary>
    public long Sum;

    public long Squares;
}
