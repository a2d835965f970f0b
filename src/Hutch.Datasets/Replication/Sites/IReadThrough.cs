using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>Reads datasets whose bytes are at another site.</summary>
public interface IReadThrough
{
    /// <summary>
    /// What reads a dataset of another site, once it knows its versions; a refusal when its home cannot be asked and what is wanted may
    /// have changed.
    /// </summary>
    /// <param name="caller">Who reads, and may.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="at">The version; null for the head.</param>
    /// <param name="newerThan">After which moment the home must have been asked; less than 0 for none.</param>
    Task<Result<ReadRoute>> OpenAsync(
        Caller caller, NameRecord dataset, SnapshotRef? at, long newerThan, CancellationToken ct);
}
