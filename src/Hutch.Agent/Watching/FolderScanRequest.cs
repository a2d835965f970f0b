using Hutch.Agent.Rules;

namespace Hutch.Agent.Watching;

public sealed record FolderScanRequest(string Folder, FolderRule Rule)
{
    public ScanReasons Reasons { get; init; } = ScanReasons.Changed;

    /// <summary>True if every file must be checked: files that seem unchanged may have changed.</summary>
    public bool IsThorough => (Reasons & (ScanReasons.Round | ScanReasons.Requested)) != 0;

    internal ScanPriority Priority =>
        (Reasons & (ScanReasons.Changed | ScanReasons.Requested)) != 0 ? ScanPriority.Urgent
        : Reasons.HasFlag(ScanReasons.Polled) ? ScanPriority.Polled
        : ScanPriority.Calm;

    /// <summary>Directories in which the kernel reported a change, by their paths in the folder.</summary>
    internal IReadOnlySet<string> Directories { get; init; } = new HashSet<string>();

    internal FolderScanRequest And(FolderScanRequest other) => this with
    {
        Reasons = Reasons | other.Reasons,
        Directories = Directories.Count == 0 ? other.Directories
            : other.Directories.Count == 0 ? Directories
            : new HashSet<string>([.. Directories, .. other.Directories], StringComparer.Ordinal),
    };
}

[Flags]
public enum ScanReasons
{
    None = 0,

    /// <summary>It was there when watching began.</summary>
    Start = 1,

    /// <summary>It is new, or gone, or something in it has changed.</summary>
    Changed = 2,

    /// <summary>It is time to look at everything in it.</summary>
    Round = 4,

    Requested = 8,

    /// <summary>Changes in the folder are not reported, so it is polled.</summary>
    Polled = 16,
}

/// <summary>The urgency of a scan, most urgent first.</summary>
internal enum ScanPriority
{
    /// <summary>Something has changed, or a user waits for the scan.</summary>
    Urgent,

    /// <summary>Something may have changed a moment ago.</summary>
    Polled,

    /// <summary>It is only looked through again.</summary>
    Calm,
}
