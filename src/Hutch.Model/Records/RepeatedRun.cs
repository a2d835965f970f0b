namespace Hutch.Model.Records;

/// <summary>A run that another one repeats.</summary>
/// <param name="Dataset">The dataset with its results.</param>
/// <param name="Snapshot">The number of the version that has them.</param>
public sealed record RepeatedRun(Guid Run, DatasetId Dataset, long Snapshot);
