namespace Hutch.Site.Replication.Space;

/// <summary>Bytes of a dataset that would go.</summary>
/// <param name="Versions">
/// The numbers of the only versions that go; null for what an eviction takes, or the end of a dataset in the trash.
/// </param>
public sealed record LeavingData(DatasetId Dataset, IReadOnlyList<long>? Versions = null);
