namespace Hutch.Contracts;

/// <summary>An entry of a dataset's tree.</summary>
public sealed record EntryInfo
{
    /// <summary>Path in the dataset.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// <c>file</c>, <c>link</c> or <c>directory</c> (only empty ones are listed); <c>prefix</c> for a group of paths in a stream of lines.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>SHA-256 of a file; absent while it is <see cref="Pending"/>.</summary>
    public BlobHash? Hash { get; init; }

    /// <summary>True for a file in a facility's folder that is not hashed yet; absent otherwise.</summary>
    public bool? Pending { get; init; }

    /// <summary>Size of a file in bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Target of a link, as written.</summary>
    public string? Target { get; init; }

    /// <summary>Last modification in nanoseconds since 1970, if known.</summary>
    public long? Modified { get; init; }

    /// <summary>True for a file that its owner may execute; absent otherwise.</summary>
    public bool? Executable { get; init; }

    /// <summary>Media type of a file, if set.</summary>
    public string? ContentType { get; init; }

    /// <summary>User metadata, if any.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>A page of a directory listing.</summary>
public sealed record TreeListing
{
    /// <summary>Entries in byte order of their paths.</summary>
    public IReadOnlyList<EntryInfo> Items { get; init; } = [];

    /// <summary>With a delimiter: one prefix, ending with it, for all deeper paths.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Pass it as <c>after</c> to get the next page; absent on the last one.</summary>
    public string? Next { get; init; }
}

/// <summary>Last line of every NDJSON stream, so that a truncated stream is detected. It starts with <c>{"end":</c>.</summary>
public sealed record StreamEnd
{
    /// <summary>True: complete. False: the server failed in the middle, see <see cref="Problem"/>.</summary>
    public required bool End { get; init; }

    /// <summary>Lines before this one.</summary>
    public long? Count { get; init; }

    /// <summary>The reason if the stream ends early.</summary>
    public Problem? Problem { get; init; }
}
