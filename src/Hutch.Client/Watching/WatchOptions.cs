namespace Hutch.Client.Watching;

/// <summary>The rules of a watched folder.</summary>
public sealed record WatchOptions
{
    /// <summary>A file is finished when it has not changed for so long.</summary>
    public TimeSpan QuietFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The shortest time between two rounds, and so between two snapshots.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time between two scans of a folder that reports no change: reports get lost.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Pattern for the name of a file that says that its folder is finished: nothing is sent before it. Null when quiet alone decides.
    /// </summary>
    public string? FinishedWhen { get; init; }

    /// <summary>True to remove files here once the site has proved that it stores them.</summary>
    public bool RemovesSent { get; init; }

    /// <summary>The fingerprint of the key that must sign the proofs; null for the key that the site showed first.</summary>
    public BlobHash? SiteKey { get; init; }

    /// <summary>The message of each snapshot.</summary>
    public string? Message { get; init; }
}
