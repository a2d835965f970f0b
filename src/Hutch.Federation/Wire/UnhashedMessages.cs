namespace Hutch.Federation.Wire;

/// <summary>Asks the home for the files in a facility's folder that it has not hashed yet.</summary>
internal sealed record UnhashedRequest : CopyRequest
{
    /// <summary>The path behind which it asks; null from the first.</summary>
    public string? After { get; init; }
}

internal sealed record UnhashedAnswer
{
    /// <summary>At most <see cref="SiteProtocol.MaxNames"/>, in byte order of their paths.</summary>
    public required IReadOnlyList<UnhashedLine> Files { get; init; }

    /// <summary>The path behind which to go on; null when these were the last.</summary>
    public string? Next { get; init; }
}

/// <summary>A file that is not hashed yet: what names its version follows from this.</summary>
internal sealed record UnhashedLine
{
    public required string Path { get; init; }

    public required long Size { get; init; }

    /// <summary>Last change of its contents, nanoseconds since 1970.</summary>
    public required long Modified { get; init; }

    /// <summary>Last change of its contents or attributes, nanoseconds since 1970.</summary>
    public required long Changed { get; init; }

    public required ulong Inode { get; init; }

    public bool Executable { get; init; }

    public string? ContentType { get; init; }
}

internal sealed record UnhashedPartRequest : CopyRequest
{
    public required string Path { get; init; }

    /// <summary>The identity of the version: bytes of other versions are not sent.</summary>
    public required BlobHash Version { get; init; }

    public required long Offset { get; init; }

    /// <summary>Up to which byte.</summary>
    public required long Until { get; init; }
}
