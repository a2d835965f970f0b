namespace Hutch.Datasets.Replication.Sites;

/// <summary>Reads datasets whose bytes are at another site.</summary>
public interface IReadThrough
{
    /// <summary>
    /// Returns a reader of another site's dataset, once it knows the versions. Refuses when the home cannot be asked and the requested
    /// version may have changed.
    /// </summary>
    /// <param name="caller">The caller, with the right to read.</param>
    /// <param name="at">The version; null for the head.</param>
    /// <param name="newerThan">The moment after which the home must have been asked; less than 0 for none.</param>
    Task<Result<ReadRoute>> OpenAsync(
        Caller caller, NameRecord dataset, SnapshotRef? at, long newerThan, CancellationToken ct);
}
