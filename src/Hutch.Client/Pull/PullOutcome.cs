using Hutch.Client.Workspaces;

namespace Hutch.Client.Pull;

/// <summary>What a pull did.</summary>
public sealed record PullOutcome
{
    /// <summary>Number of the snapshot that the working directory is based on now; null for an empty dataset.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Paths that came or changed.</summary>
    public IReadOnlyList<string> Updated { get; init; } = [];

    /// <summary>Paths that were removed.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Paths that changed on both sides: the local file was kept, the other is beside it.</summary>
    public IReadOnlyList<PullConflict> Conflicts { get; init; } = [];

    /// <summary>Whether the server had nothing new.</summary>
    public bool UpToDate => Updated.Count + Removed.Count + Conflicts.Count == 0;
}
