namespace Hutch.Contracts;

/// <summary>Location of a dataset's bytes: its home, or the sites that hold them.</summary>
public sealed record EvictionInfo
{
    /// <summary>
    /// <c>here</c>: at the home; <c>wanted</c>: sites are asked to hold and attest them, and nothing is deleted yet; <c>evicted</c>: at the
    /// sites that hold them, which serve reads; <c>recalling</c>: they are fetched back; <c>freeing</c>: they are here, and the sites are
    /// notified that their holds end.
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

    /// <summary>Reason why the home makes no progress; it retries automatically.</summary>
    public string? Problem { get; init; }
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
}
