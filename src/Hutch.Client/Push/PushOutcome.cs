using Hutch.Client.Workspaces;

namespace Hutch.Client.Push;

public sealed record PushOutcome
{
    /// <summary>The snapshot it made; null when there was nothing to push.</summary>
    public SnapshotInfo? Snapshot { get; init; }

    /// <summary>The part of a run that it ended; null for all other pushes.</summary>
    public PartInfo? Part { get; init; }

    /// <summary>Entries added.</summary>
    public int Added { get; init; }

    /// <summary>Entries that were there and are different now.</summary>
    public int Changed { get; init; }

    /// <summary>Entries removed.</summary>
    public int Removed { get; init; }

    /// <summary>Files whose bytes had to be sent.</summary>
    public long UploadedFiles { get; init; }

    /// <summary>Bytes that had to be sent.</summary>
    public long UploadedBytes { get; init; }

    /// <summary>Files that were left as the server has them, because they never stopped changing or another program locks them.</summary>
    public IReadOnlyList<string> Unstable { get; init; } = [];

    /// <summary>Those of <see cref="Unstable"/> that another program has open and lets no one read.</summary>
    public IReadOnlyList<string> InUse { get; init; } = [];

    /// <summary>Paths that a dataset cannot store: the dataset keeps its entry of this path, if it has one.</summary>
    public IReadOnlyList<UnstorableItem> Unstorable { get; init; } = [];

    /// <summary>Files that changed again after they were read: the snapshot has them as they were then, whole.</summary>
    public IReadOnlyList<string> ChangedSince { get; init; } = [];
}
