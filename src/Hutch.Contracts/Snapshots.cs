namespace Hutch.Contracts;

/// <summary>A snapshot: an immutable tree of a dataset.</summary>
public sealed record SnapshotInfo
{
    /// <summary>Number in its dataset, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>Tree hash: the hash of the root page.</summary>
    public required BlobHash Root { get; init; }

    /// <summary>Hash of names, kinds, executable bits and contents only.</summary>
    public required BlobHash ContentId { get; init; }

    /// <summary>Tree hash of the previous snapshot.</summary>
    public BlobHash? Parent { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>User who took it.</summary>
    public required string Author { get; init; }

    /// <summary>Message; may be empty.</summary>
    public required string Message { get; init; }

    /// <summary>Reason: <c>auto</c>, <c>push</c>, <c>tag</c>, <c>close</c> or <c>run</c>.</summary>
    public required string Kind { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public required long Files { get; init; }

    /// <summary>Total size of its files.</summary>
    public required long Bytes { get; init; }
}

/// <summary>A dataset inside a snapshot of a dataset, as <c>.gitmodules</c> lists it.</summary>
public sealed record SubdatasetInfo
{
    /// <summary>Path of its folder.</summary>
    public required string Path { get; init; }

    /// <summary>Its id; absent if the list has none.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The git commit that this snapshot names for it; absent if git brought none.</summary>
    public string? Commit { get; init; }

    /// <summary>Number of the snapshot of that commit in the dataset inside; absent if you can read none with it at this site.</summary>
    public long? Snapshot { get; init; }
}

/// <summary>Takes a snapshot of the head.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateSnapshot
{
    /// <summary>Message.</summary>
    public string? Message { get; init; }

    /// <summary>Tag to set on it.</summary>
    public string? Tag { get; init; }
}

/// <summary>Restores an earlier state of a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RevertDataset
{
    /// <summary>The snapshot: number, tag or hash prefix.</summary>
    public required string At { get; init; }

    /// <summary>Files, and directories with everything below them; everything if absent or empty.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>The message of the new snapshot.</summary>
    public string? Message { get; init; }
}

/// <summary>Moves or renames files and folders, all in one change.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MoveFiles
{
    /// <summary>
    /// The moves, at most 10000. All sources are removed before the first target is written; no existing entry is replaced.
    /// </summary>
    public required IReadOnlyList<FileMove> Moves { get; init; }

    /// <summary>The message of the new snapshot.</summary>
    public string? Message { get; init; }
}

/// <summary>A move of a file or folder.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FileMove
{
    /// <summary>Path of the file, or of the folder with everything below it.</summary>
    public required string From { get; init; }

    /// <summary>New path, including the name.</summary>
    public required string To { get; init; }
}

/// <summary>Removes files and folders, all in one change.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RemoveFiles
{
    /// <summary>Files, and folders with everything below them, at most 10000.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The message of the new snapshot.</summary>
    public string? Message { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutTag
{
    /// <summary>Number of the snapshot to tag.</summary>
    public required long Snapshot { get; init; }
}
