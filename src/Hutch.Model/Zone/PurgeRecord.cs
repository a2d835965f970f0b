namespace Hutch.Model.Zone;

/// <summary>
/// A purge of a dataset at every site at once, independent of its home and of the sites with copies. An administrator of the zone has
/// confirmed it. See docs/design/federation.md (purge at all sites).
/// </summary>
/// <param name="Proof">The zone's signature.</param>
/// <param name="By">The administrator who ordered it; empty at other sites, which do not receive it.</param>
/// <param name="Reason">The reason; empty at other sites, which do not receive it.</param>
public sealed record PurgeRecord(PurgeOrder Order, string Proof, string By, string Reason)
{
    /// <summary>The confirmations of sites that have nothing left.</summary>
    public IReadOnlyList<PurgeAnswer> Answers { get; init; } = [];
}

/// <summary>
/// The signed part of a purge. Sites retain it. A restored zone recognizes its own signature, no matter which site presents it.
/// </summary>
public sealed record PurgeOrder(DatasetId Dataset, DateTimeOffset At);

/// <summary>A site's confirmation that it has nothing left of a dataset.</summary>
public sealed record PurgeAnswer(string SiteId, DateTimeOffset At, string Proof);

/// <summary>A purge that the zone ordered, with its signature.</summary>
/// <param name="Proof">The zone's signature.</param>
public sealed record KnownPurge(PurgeOrder Order, string Proof);
