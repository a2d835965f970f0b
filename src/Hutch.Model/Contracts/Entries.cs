namespace Hutch.Model.Contracts;

/// <summary>One entry of a dataset's tree.</summary>
public sealed record EntryInfo
{
    /// <summary>Path in the dataset.</summary>
    public required string Path { get; init; }

    /// <summary><c>file</c>, <c>link</c> or <c>directory</c> (an empty one).</summary>
    public required string Kind { get; init; }

    /// <summary>Of a file: SHA-256 of its bytes.</summary>
    public BlobHash? Hash { get; init; }

    /// <summary>Of a file: bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Of a link: where it points, as written.</summary>
    public string? Target { get; init; }

    /// <summary>Last modification in nanoseconds since 1970; absent when not known.</summary>
    public long? Modified { get; init; }

    /// <summary>True for a file that its owner may execute; absent otherwise.</summary>
    public bool? Executable { get; init; }

    /// <summary>Of a file: media type, when somebody said.</summary>
    public string? ContentType { get; init; }

    /// <summary>User metadata; absent when there is none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>One page of a listing.</summary>
public sealed record TreeListing
{
    /// <summary>Entries in byte order of their paths.</summary>
    public IReadOnlyList<EntryInfo> Items { get; init; } = [];

    /// <summary>With a delimiter: what stands for all deeper paths, ending with it.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Give it as <c>after</c> for the next page; absent on the last.</summary>
    public string? Next { get; init; }
}

/// <summary>Last line of every NDJSON stream, so that a cut stream is seen. It starts with <c>{"end":</c>.</summary>
public sealed record StreamEnd
{
    /// <summary>True: complete. False: the server failed in the middle, see <see cref="Problem"/>.</summary>
    public required bool End { get; init; }

    /// <summary>Lines before this one.</summary>
    public long? Count { get; init; }

    /// <summary>Why the stream ends early.</summary>
    public Problem? Problem { get; init; }
}
