using Hutch.Model;

namespace Hutch.Agent.Retention.Eviction;

/// <summary>Asks the other sites which of them hold a checked copy of a dataset.</summary>
public interface ICopyAttestation
{
    /// <summary>Asks for the copies of one snapshot. A refusal says in words why nobody can tell.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="snapshot">The root of the snapshot: it names every file and its hash.</param>
    /// <param name="ct">Ends the asking.</param>
    Task<Result<Attestation>> AttestAsync(DatasetId dataset, BlobHash snapshot, CancellationToken ct);
}

/// <summary>Which sites hold every file of a snapshot.</summary>
/// <param name="Dataset">Of which dataset.</param>
/// <param name="Snapshot">Of which snapshot: its root.</param>
/// <param name="Copies">The sites that say so.</param>
public sealed record Attestation(DatasetId Dataset, BlobHash Snapshot, IReadOnlyList<SiteCopy> Copies);

/// <summary>A copy at another site.</summary>
/// <param name="Site">The name of the site.</param>
/// <param name="CheckedAt">When it has read all of it again, and every hash was right.</param>
/// <param name="IsHeld">Whether it promised to keep it until it is released.</param>
public sealed record SiteCopy(string Site, DateTimeOffset CheckedAt, bool IsHeld);
