namespace Hutch.Model.Zone;

/// <param name="Datasets">The number of datasets of an owner that are neither in the trash nor ended.</param>
/// <param name="Copied">Their number with a complete copy, as reported by another site.</param>
public sealed record CopiedDatasets(long Datasets, long Copied);
