namespace Hutch.Contracts;

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartPush
{
    /// <summary>Number of the snapshot on which the changes are based; absent for an empty head without a snapshot.</summary>
    public long? Base { get; init; }
}

/// <summary>A push session. Its uploads are kept until it expires.</summary>
public sealed record PushSession
{
    public required string Id { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>Number of the snapshot on which the changes are based.</summary>
    public long? Base { get; init; }

    /// <summary>Version of the head when the session began.</summary>
    public required long HeadVersion { get; init; }

    /// <summary>Time after which its uploads can be deleted. A call in the second half of its lifetime renews it in full.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>One line of a negotiation: a blob that the client has.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OfferedBlob
{
    public required BlobHash Hash { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }
}

/// <summary>One line of a fetch: a file of the requested version.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WantedFile
{
    /// <summary>SHA-256 of its bytes.</summary>
    public required BlobHash Hash { get; init; }

    /// <summary>A path of the file in that version. It saves the server a search.</summary>
    public string? Path { get; init; }
}

/// <summary>Result of an upload.</summary>
public sealed record UploadReceipt
{
    /// <summary>Files of this request that are now durable.</summary>
    public required long Received { get; init; }

    /// <summary>Total size of those files.</summary>
    public required long Bytes { get; init; }
}

/// <summary>First line of a commit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CommitHeader
{
    /// <summary>Message of the change.</summary>
    public string? Message { get; init; }

    /// <summary>Base of the session, repeated as a check.</summary>
    public long? Base { get; init; }

    /// <summary>Number of lines that follow; a truncated request is refused.</summary>
    public required long Changes { get; init; }

    /// <summary>
    /// The end of the attempt whose results these are, for the node of an attempt alone. Results and end are one commit, which is refused
    /// when the attempt is not current.
    /// </summary>
    public FinishAttempt? Attempt { get; init; }

    /// <summary>
    /// The part of a run whose files these are, for <c>POST /sessions/{sid}/part</c> alone. Paths are inside the folder of the part.
    /// </summary>
    public PartCommit? Part { get; init; }
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

    /// <summary>SHA-256 of a file.</summary>
    public BlobHash? Hash { get; init; }

    /// <summary>Size of a file in bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Target of a link.</summary>
    public string? Target { get; init; }

    /// <summary>Last modification in nanoseconds since 1970.</summary>
    public long? Modified { get; init; }

    /// <summary>True for a file that its owner may execute.</summary>
    public bool? Executable { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>Uploaded content that is in no version of a dataset.</summary>
public sealed record SentContentInfo
{
    /// <summary>Its id: of a push, or the name of a git-annex key.</summary>
    public required string Id { get; init; }

    /// <summary><c>push</c> or <c>key</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>User who pushes; absent for keys.</summary>
    public string? By { get; init; }

    /// <summary>Bytes of a key, or the received bytes of a push's large files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Time of its upload or start; absent if it was not recorded.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Time when it expires; absent if it does not.</summary>
    public DateTimeOffset? Ends { get; init; }
}
