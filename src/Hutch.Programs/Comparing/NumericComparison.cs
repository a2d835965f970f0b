namespace Hutch.Programs.Comparing;

/// <param name="Largest">The largest relative difference of two numbers.</param>
/// <param name="Fault">The first difference that is not allowed, with its place; null if there is none.</param>
public readonly record struct NumericComparison(double Largest, string? Fault)
{
    /// <summary>Parts that could not be compared although the files count as the same; null for none.</summary>
    public string? NotCompared { get; init; }
}
