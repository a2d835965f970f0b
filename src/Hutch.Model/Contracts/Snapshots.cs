using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>A fixed tree of a dataset.</summary>
public sealed record SnapshotInfo
{
    /// <summary>Counted from 1 in its dataset.</summary>
    public required long Number { get; init; }

    /// <summary>Tree hash: the hash of its root page.</summary>
    public required BlobHash Root { get; init; }

    /// <summary>Hash of names, kinds, executable bits and contents alone.</summary>
    public required BlobHash ContentId { get; init; }

    /// <summary>Tree hash of the one before.</summary>
    public BlobHash? Parent { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who made it.</summary>
    public required string Author { get; init; }

    /// <summary>Why; may be empty.</summary>
    public required string Message { get; init; }

    /// <summary><c>auto</c>, <c>push</c>, <c>tag</c>, <c>close</c> or <c>run</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Entries.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes of its files.</summary>
    public required long Bytes { get; init; }
}

/// <summary>Asks to fix the head now.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateSnapshot
{
    /// <summary>Why.</summary>
    public string? Message { get; init; }

    /// <summary>A tag to set on it.</summary>
    public string? Tag { get; init; }
}

/// <summary>Sets a tag.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutTag
{
    /// <summary>Number of the snapshot it shall name.</summary>
    public required long Snapshot { get; init; }
}
