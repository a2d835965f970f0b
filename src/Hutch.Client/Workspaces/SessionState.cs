namespace Hutch.Client.Workspaces;

/// <summary>The push session that an interrupted push goes on with: <c>.hutch/session</c>.</summary>
internal sealed record SessionState
{
    /// <summary>Id of the session.</summary>
    public required string Id { get; init; }

    /// <summary>Large uploads under way.</summary>
    public List<UnfinishedUpload> Uploads { get; init; } = [];
}

/// <summary>A large upload under way: which file, as it was, under which key.</summary>
/// <param name="Path">Path in the dataset.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Modified">Time of modification, nanoseconds since 1970.</param>
/// <param name="Changed">Time of the last change of the inode, nanoseconds since 1970.</param>
/// <param name="Inode">Inode.</param>
/// <param name="Key">Key of the upload.</param>
internal sealed record UnfinishedUpload(string Path, long Size, long Modified, long Changed, ulong Inode, string Key);
