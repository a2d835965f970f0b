namespace Hutch.Contracts;

/// <summary>Location of a dataset's bytes: its home, or the sites that hold them.</summary>
public sealed record EvictionInfo
{
    /// <summary>
    /// <c>here</c>: at the home; <c>held</c>: there, and at the sites that hold them; <c>wanted</c>: sites are asked to hold and attest
    /// them, and nothing is deleted yet; <c>evicted</c>: at the sites that hold them, which serve reads, or with <c>reproduction</c>
    /// nowhere; <c>recalling</c>: they are fetched back; <c>freeing</c>: they are here, and the sites are notified that their holds end.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Fewest sites that must hold them.</summary>
    public int? Holders { get; init; }

    /// <summary>Time of the request.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>User who requested it.</summary>
    public string? By { get; init; }

    /// <summary>The sites that hold them, or were asked to.</summary>
    public required IReadOnlyList<HolderInfo> Sites { get; init; }

    /// <summary>The rerun on which the eviction relies, because no site holds the bytes.</summary>
    public ReproductionInfo? Reproduction { get; init; }

    /// <summary>Reason why the home makes no progress; it retries automatically.</summary>
    public string? Problem { get; init; }
}

/// <summary>The proof that a program computes evicted bytes again.</summary>
public sealed record ReproductionInfo
{
    /// <summary>Run that computes them again: start it with <c>POST /runs/{run}/rerun</c> and <c>restore</c>.</summary>
    public required string Run { get; init; }

    /// <summary>The rerun with equal results.</summary>
    public required string Rerun { get; init; }

    /// <summary>Time of the comparison.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Number of contents that are not evicted, because they differ by nature.</summary>
    public int Kept { get; init; }
}

/// <summary>A site that holds a dataset, or was asked to.</summary>
public sealed record HolderInfo
{
    public required string Site { get; init; }

    /// <summary>True if it has attested all bytes, and the home relies on it.</summary>
    public bool Holds { get; init; }

    /// <summary>Reason why it makes no progress; it retries automatically.</summary>
    public string? Problem { get; init; }
}

/// <summary>Requests that the home of a dataset evicts its bytes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EvictDataset
{
    /// <summary>Fewest other sites that must hold them.</summary>
    public int Holders { get; init; } = 1;

    /// <summary>True to have the sites hold them, while the home keeps its bytes, too.</summary>
    public bool Keep { get; init; }

    /// <summary>
    /// True to evict them without a holder, because a program computes them again: a rule must permit it, and a site must have signed a
    /// rerun with equal results.
    /// </summary>
    public bool Reproducible { get; init; }
}
