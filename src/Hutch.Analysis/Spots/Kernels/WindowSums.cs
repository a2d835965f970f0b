namespace Hutch.Analysis.Spots.Kernels;

/// <summary>The sums over one window, from which a pixel is judged.</summary>
internal struct WindowSums
{
    /// <summary>Counted pixels.</summary>
    public long Count;

    public long Sum;

    public long Squares;
}
