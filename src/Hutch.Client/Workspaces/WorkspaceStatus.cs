namespace Hutch.Client.Workspaces;

/// <summary>The differences between a working directory and the snapshot that it last matched.</summary>
public sealed record WorkspaceStatus
{
    /// <summary>Number of that snapshot; null before the first push.</summary>
    public long? Base { get; init; }

    public IReadOnlyList<string> Added { get; init; } = [];

    public IReadOnlyList<string> Changed { get; init; } = [];

    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Files that are being written at this moment.</summary>
    public IReadOnlyList<string> Unstable { get; init; } = [];

    /// <summary>Paths that a dataset cannot store, and that a push leaves out.</summary>
    public IReadOnlyList<UnstorableItem> Unstorable { get; init; } = [];

    /// <summary>Files whose bytes were not fetched.</summary>
    public int Placeholders { get; init; }

    public int Entries { get; init; }

    /// <summary>
    /// The number of entries left out by <c>.hutchignore</c> or <c>--exclude</c>; a folder with all its content counts once.
    /// </summary>
    public int Ignored { get; init; }

    /// <summary>Paths that changed on both sides and wait for a decision.</summary>
    public IReadOnlyList<PullConflict> Conflicts { get; init; } = [];

    /// <summary>True if the directory is an interrupted clone.</summary>
    public bool Unfinished { get; init; }

    /// <summary>True if the dataset was closed when a command last asked the server.</summary>
    public bool Closed { get; init; }

    /// <summary>Names that some file systems cannot keep apart.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public bool IsClean => Added.Count + Changed.Count + Removed.Count == 0;
}

/// <summary>A path that changed on both sides and waits for a decision. Nothing can be pushed before.</summary>
/// <param name="Theirs">
/// The location of the server's version: next to the local file, or at the path itself if it was removed here; null if the server had
/// removed it.
/// </param>
/// <param name="Hash">The hash of the server's version, if it is a file.</param>
public sealed record PullConflict(string Path, string? Theirs, BlobHash? Hash = null);
