using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>Opens a push session.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartPush
{
    /// <summary>Number of the snapshot the changes are against; absent for an empty head without a snapshot.</summary>
    public long? Base { get; init; }
}

/// <summary>A push session: what it uploaded stays until it expires.</summary>
public sealed record PushSession
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Number of the snapshot the changes are against.</summary>
    public long? Base { get; init; }

    /// <summary>Version of the head when the session began.</summary>
    public required long HeadVersion { get; init; }

    /// <summary>When what it uploaded may be collected; a call after half of the time gives all of it again.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>One line of a negotiation: bytes that the client has.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OfferedBlob
{
    /// <summary>SHA-256.</summary>
    public required BlobHash Hash { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }
}

/// <summary>One line of a fetch: a file of the version that is read.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WantedFile
{
    /// <summary>SHA-256 of its bytes.</summary>
    public required BlobHash Hash { get; init; }

    /// <summary>A path where the version has it. With it the file is found at once, however many the version has.</summary>
    public string? Path { get; init; }
}

/// <summary>What an upload made durable.</summary>
public sealed record UploadReceipt
{
    /// <summary>Files in this request that are durable now.</summary>
    public required long Received { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }
}

/// <summary>First line of a commit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CommitHeader
{
    /// <summary>Why; may be absent.</summary>
    public string? Message { get; init; }

    /// <summary>The session's base, repeated as a check.</summary>
    public long? Base { get; init; }

    /// <summary>Lines that follow; a cut request is refused.</summary>
    public required long Changes { get; init; }
}

/// <summary>One change of a commit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CommitChange
{
    /// <summary><c>put</c> or <c>delete</c>.</summary>
    public required string Op { get; init; }

    /// <summary>Path in the dataset.</summary>
    public required string Path { get; init; }

    /// <summary>For a put: <c>file</c>, <c>link</c> or <c>directory</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Of a file: SHA-256.</summary>
    public BlobHash? Hash { get; init; }

    /// <summary>Of a file: bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Of a link: where it points.</summary>
    public string? Target { get; init; }

    /// <summary>Last modification in nanoseconds since 1970.</summary>
    public long? Modified { get; init; }

    /// <summary>True for a file that its owner may execute.</summary>
    public bool? Executable { get; init; }

    /// <summary>Media type.</summary>
    public string? ContentType { get; init; }

    /// <summary>User metadata.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
