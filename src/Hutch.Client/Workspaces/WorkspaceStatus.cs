using Hutch.Model;

namespace Hutch.Client.Workspaces;

/// <summary>What differs between a working directory and the snapshot it was last the same as.</summary>
public sealed record WorkspaceStatus
{
    /// <summary>Number of that snapshot; null before the first push.</summary>
    public long? Base { get; init; }

    /// <summary>New paths.</summary>
    public IReadOnlyList<string> Added { get; init; } = [];

    /// <summary>Changed paths.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>Removed paths.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Files that are being written at this moment.</summary>
    public IReadOnlyList<string> Unstable { get; init; } = [];

    /// <summary>Files whose bytes were not fetched.</summary>
    public int Placeholders { get; init; }

    public int Entries { get; init; }

    /// <summary>What is left out because of <c>.hutchignore</c> or <c>--exclude</c>; a folder with all that is in it counts once.</summary>
    public int Ignored { get; init; }

    /// <summary>Paths that changed on both sides and wait for a decision.</summary>
    public IReadOnlyList<PullConflict> Conflicts { get; init; } = [];

    /// <summary>Whether the directory is a clone that was interrupted.</summary>
    public bool Unfinished { get; init; }

    /// <summary>Names that some file systems cannot keep apart.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether there is nothing to push.</summary>
    public bool IsClean => Added.Count + Changed.Count + Removed.Count == 0;
}

/// <summary>A path that changed on both sides and waits for a decision. Nothing can be pushed before.</summary>
/// <param name="Path">Path in the dataset.</param>
/// <param name="Theirs">
/// Where the server's version was written: beside the local file; at the path itself when it was removed here; null when the server had
/// removed it.
/// </param>
/// <param name="Hash">The hash of the server's version, when it is a file.</param>
public sealed record PullConflict(string Path, string? Theirs, BlobHash? Hash = null);
