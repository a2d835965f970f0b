using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

/// <summary>
/// How a home gives up bytes of a closed dataset that other sites hold, and gets them back. See
/// docs/design/federation.md (holds and eviction).
/// </summary>
public sealed record Eviction
{
    /// <summary>How far it is.</summary>
    public required EvictionState State { get; init; }

    /// <summary>The number by which sites are asked.</summary>
    public required BlobHash Nonce { get; init; }

    /// <summary>How many sites must hold the dataset, at least.</summary>
    public required int Holders { get; init; }

    /// <summary>The sites that were asked: any of them may hold its copy.</summary>
    public required IReadOnlyList<EvictionHolder> Asked { get; init; }

    /// <summary>The versions whose bytes the holders have attested, and that may go here.</summary>
    public required IReadOnlyList<long> Versions { get; init; }

    /// <summary>Since when it is wanted, milliseconds since 1970.</summary>
    public required long Since { get; init; }

    /// <summary>Who wanted it.</summary>
    public required string By { get; init; }

    /// <summary>Whether bytes of these versions may not be here.</summary>
    public bool IsAway() => State is EvictionState.Evicted or EvictionState.Recalling;
}

/// <param name="Proof">What it has signed of its copy; null where this site does not count on it.</param>
public sealed record EvictionHolder(string SiteId, string? Proof);

/// <summary>How far an eviction is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvictionState>))]
public enum EvictionState
{
    /// <summary>Sites are asked to hold their copies and to prove that they have all of it. Nothing goes here.</summary>
    [JsonStringEnumMemberName("wanted")]
    Wanted,

    /// <summary>The bytes may go; they are read from the holders.</summary>
    [JsonStringEnumMemberName("evicted")]
    Evicted,

    /// <summary>What has gone comes back. Nothing goes any more.</summary>
    [JsonStringEnumMemberName("recalling")]
    Recalling,

    /// <summary>All is here; the sites that were asked are told that they need not hold their copies.</summary>
    [JsonStringEnumMemberName("freeing")]
    Freeing,
}
