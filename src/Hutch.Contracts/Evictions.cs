using System.Text.Json.Serialization;

namespace Hutch.Contracts;

/// <summary>Whether the bytes of a dataset are at its home, or at which sites.</summary>
public sealed record EvictionInfo
{
    /// <summary>
    /// <c>here</c>; <c>wanted</c>: sites are asked to hold them and to prove that, and nothing has gone; <c>evicted</c>: they are at the
    /// sites that hold them, and are read from there; <c>recalling</c>: they come back; <c>freeing</c>: they are here, and the sites are
    /// told that they need not hold them.
    /// </summary>
    public required string State { get; init; }

    /// <summary>How many sites must hold them, at least.</summary>
    public int? Holders { get; init; }

    /// <summary>Since when they are to go.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Who wanted it.</summary>
    public string? By { get; init; }

    /// <summary>The sites that hold them, or were asked to.</summary>
    public required IReadOnlyList<HolderInfo> Sites { get; init; }

    /// <summary>Why it does not go on at the home; it is tried again by itself.</summary>
    public string? Problem { get; init; }
}

/// <summary>A site that holds a dataset, or was asked to.</summary>
public sealed record HolderInfo
{
    public required string Site { get; init; }

    /// <summary>Whether it has proved that it has all of it, and the home counts on it.</summary>
    public bool Holds { get; init; }

    /// <summary>Why it does not go on there; it is tried again by itself.</summary>
    public string? Problem { get; init; }
}

/// <summary>Asks that the home of a dataset gives up its bytes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EvictDataset
{
    /// <summary>How many other sites must hold them, at least.</summary>
    public int Holders { get; init; } = 1;
}
