namespace Hutch.Analysis.Spots.Kernels;

/// <summary>What the tests need of one window.</summary>
internal struct WindowSums
{
    /// <summary>Counted pixels.</summary>
    public long Count;

    /// <summary>Their sum.</summary>
    public long Sum;

    /// <summary>The sum of their squares.</summary>
    public long Squares;
}
