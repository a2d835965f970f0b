namespace Hutch.Doors;

/// <summary>The outcome of reading a range for a file of a size.</summary>
public enum RangeKind
{
    /// <summary>Serve the whole file.</summary>
    None,

    /// <summary>Serve the range.</summary>
    Range,

    /// <summary>The range is outside the file.</summary>
    Unsatisfiable,
}
