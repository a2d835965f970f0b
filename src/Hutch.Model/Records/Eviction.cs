namespace Hutch.Model.Records;

/// <summary>
/// The eviction of a closed dataset's bytes at its home while other sites hold them, or a program computes them again, and their recall.
/// See docs/design/federation.md (holds and eviction).
/// </summary>
public sealed record Eviction
{
    public required EvictionState State { get; init; }

    public required BlobHash Nonce { get; init; }

    /// <summary>The fewest sites that must hold the dataset.</summary>
    public required int Holders { get; init; }

    /// <summary>The sites that were asked to hold their copies.</summary>
    public required IReadOnlyList<EvictionHolder> Asked { get; init; }

    /// <summary>The versions whose bytes the holders have attested, so that they can be deleted here.</summary>
    public required IReadOnlyList<long> Versions { get; init; }

    /// <summary>The time of the request, in milliseconds since 1970.</summary>
    public required long Since { get; init; }

    public required string By { get; init; }

    /// <summary>True if other sites hold the bytes in addition: this site evicts none.</summary>
    public bool KeepsBytes { get; init; }

    /// <summary>The rerun that proved that a program computes the bytes again; null if other sites hold them.</summary>
    public Reproduction? Reproduction { get; init; }

    /// <summary>Returns true if bytes of these versions may be missing here.</summary>
    public bool IsAway() => State is EvictionState.Evicted or EvictionState.Recalling;

    /// <summary>
    /// Returns true if the bytes with this hash may be missing here, and no other site holds them: a rerun brings them back.
    /// </summary>
    public bool IsReproducedOnly(BlobHash hash) => IsAway() && Reproduction is { } proved && !proved.Kept.Contains(hash);

    /// <summary>Counts the sites that hold the bytes, with this one if it keeps its own.</summary>
    public int CountHolders() => Reproduction is not null ? 0 : State switch
    {
        EvictionState.Held => 1 + CountProofs(),
        EvictionState.Evicted => CountProofs(),
        _ => 0,
    };

    private int CountProofs() => Asked.Count(static one => one.Proof is not null);
}

/// <param name="Proof">The signed attestation of its copy; null if this site does not rely on it.</param>
public sealed record EvictionHolder(string SiteId, string? Proof);

[JsonConverter(typeof(JsonStringEnumConverter<EvictionState>))]
public enum EvictionState
{
    /// <summary>Sites are asked to hold and attest their copies. No bytes are deleted here.</summary>
    [JsonStringEnumMemberName("wanted")]
    Wanted,

    /// <summary>The bytes can be deleted; reads go to the holders.</summary>
    [JsonStringEnumMemberName("evicted")]
    Evicted,

    /// <summary>Deleted bytes are fetched back. No more bytes are deleted.</summary>
    [JsonStringEnumMemberName("recalling")]
    Recalling,

    /// <summary>Other sites hold the bytes in addition to this site.</summary>
    [JsonStringEnumMemberName("held")]
    Held,

    /// <summary>All bytes are here; the holders are notified that their holds end.</summary>
    [JsonStringEnumMemberName("freeing")]
    Freeing,
}
