namespace Hutch.Model.Zone;

/// <param name="Datasets">The datasets of an owner that are neither in the trash nor ended.</param>
/// <param name="Copied">Those of them of which another site has reported a complete copy.</param>
public sealed record CopiedDatasets(long Datasets, long Copied);
