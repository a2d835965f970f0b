namespace Hutch.Client.Watching;

/// <summary>The outcome of one round over a growing folder.</summary>
public sealed record WatchRound
{
    /// <summary>The snapshot that it made; null when nothing was finished.</summary>
    public SnapshotInfo? Snapshot { get; init; }

    /// <summary>Files sent that the dataset did not have.</summary>
    public int Added { get; init; }

    /// <summary>Files sent that it had in an older form.</summary>
    public int Changed { get; init; }

    /// <summary>Bytes that went over the network.</summary>
    public long SentBytes { get; init; }

    /// <summary>Files removed here, and their bytes.</summary>
    public int Removed { get; init; }

    public long RemovedBytes { get; init; }

    /// <summary>Files that are not finished.</summary>
    public int Waiting { get; init; }

    /// <summary>Time that the round took, the sending included.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Time until a file can be finished; null when none waits for a time.</summary>
    public TimeSpan? NextIn { get; init; }

    /// <summary>Files left out, each with the reason: a sentence for a person.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
