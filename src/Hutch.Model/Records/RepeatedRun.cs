namespace Hutch.Model.Records;

/// <summary>A run that another one repeats.</summary>
/// <param name="Dataset">The dataset with its results.</param>
/// <param name="Snapshot">The number of the version that has them.</param>
public sealed record RepeatedRun(Guid Run, DatasetId Dataset, long Snapshot)
{
    /// <summary>True if the new results bring back the evicted bytes of the former ones; null if they are only compared.</summary>
    public bool? Restores { get; init; }
}
