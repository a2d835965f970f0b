namespace Hutch.Model.Zone;

/// <summary>
/// That a dataset ends at every site at once, whatever its home and the sites with copies say. An administrator of the zone has confirmed
/// it. See docs/design/federation.md (purge at all sites).
/// </summary>
/// <param name="Order">What the zone has signed.</param>
/// <param name="Proof">Its signature.</param>
/// <param name="By">Who ordered it; empty at a site, which is not told.</param>
/// <param name="Reason">Why; empty at a site, which is not told.</param>
public sealed record PurgeRecord(PurgeOrder Order, string Proof, string By, string Reason)
{
    /// <summary>The sites that have said that nothing is left there.</summary>
    public IReadOnlyList<PurgeAnswer> Answers { get; init; } = [];
}

/// <summary>
/// What a zone signs of a purge. Sites keep it, so that a zone that was restored believes itself, whoever brings its word.
/// </summary>
/// <param name="At">When it was ordered.</param>
public sealed record PurgeOrder(DatasetId Dataset, DateTimeOffset At);

/// <summary>That a site has said that nothing of a dataset is left there.</summary>
/// <param name="At">When it said so.</param>
/// <param name="Proof">Its signature.</param>
public sealed record PurgeAnswer(string SiteId, DateTimeOffset At, string Proof);

/// <summary>A purge that the zone has ordered, with its signature.</summary>
/// <param name="Order">What it has ordered.</param>
/// <param name="Proof">What it has signed of that.</param>
public sealed record KnownPurge(PurgeOrder Order, string Proof);
