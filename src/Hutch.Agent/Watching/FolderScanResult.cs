namespace Hutch.Agent.Watching;

/// <param name="Changes">
/// The differences from the scan before, in an order in which no change blocks a later one. Usually at most
/// <see cref="FolderScan.MaxChanges"/>; if there may be more, <see cref="Next"/> is <see cref="NextScan.Now"/>.
/// </param>
/// <param name="Directories">All directories in it by their paths in the folder, including the folder itself (an empty path).</param>
/// <param name="Problems">The first 20 omissions with their reasons, each a sentence.</param>
/// <param name="Unseen">
/// Paths of possible entries that could not be read, such as an unreadable directory. Their state and that of everything below them is
/// unknown. The folder itself (an empty path) if it could not be read at all.
/// </param>
/// <param name="Bytes">The total size of the files.</param>
/// <param name="NewestNanoseconds">
/// The newest time of change (ctime) of any file ever seen, nanoseconds since 1970. A copied file may have any other time.
/// </param>
public sealed record FolderScanResult(
    IReadOnlyList<FolderChange> Changes,
    IReadOnlyList<string> Directories,
    IReadOnlyList<string> Problems,
    int ProblemCount,
    IReadOnlySet<string> Unseen,
    long Files,
    long Bytes,
    long NewestNanoseconds,
    NextScan Next,
    TimeSpan Elapsed)
{
    internal static readonly IReadOnlyDictionary<ScanFault, int> NoFaults = new Dictionary<ScanFault, int>();

    /// <summary>The number of omissions by their reason.</summary>
    public IReadOnlyDictionary<ScanFault, int> Faults { get; init; } = NoFaults;

    public bool IsUnseen(DatasetPath path)
    {
        if (Unseen.Count == 0)
        {
            return false;
        }

        DatasetPath? at = path;
        while (at is { } here && !Unseen.Contains(here.Value))
        {
            at = here.Parent;
        }

        return at is not null || Unseen.Contains("");
    }
}

/// <summary>Time of the next look at a folder.</summary>
public enum NextScan
{
    OnChange,

    /// <summary>In about a second, even without a reported change: files are still being compared.</summary>
    Soon,

    /// <summary>At once: there are more changes than one look may hold.</summary>
    Now,
}
