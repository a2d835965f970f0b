using Hutch.Model;
using Hutch.Site.Write.Folders;

namespace Hutch.Agent.Watching;

/// <summary>What a look at a folder found.</summary>
/// <param name="Changes">
/// What is different from the look before, in an order in which nothing stands in the way of what comes later. Usually at most
/// <see cref="FolderScan.MaxChanges"/>: then <see cref="Next"/> is <see cref="NextScan.Now"/>.
/// </param>
/// <param name="Directories">All directories in it by their paths in the folder, the folder itself (an empty path) among them.</param>
/// <param name="Problems">What is left out and why, the first 20, each a sentence.</param>
/// <param name="ProblemCount">How many problems there are.</param>
/// <param name="Unseen">
/// Paths of what may be there and could not be looked at, such as a directory that cannot be read: of them, and of what is below them,
/// nobody knows. The folder itself (an empty path) when it could not be read at all.
/// </param>
/// <param name="Files">How many regular files it has.</param>
/// <param name="Bytes">Their size together.</param>
/// <param name="NewestNanoseconds">
/// The newest time of change (ctime) of a file that was ever seen, nanoseconds since 1970: who copies a file may give it any other time.
/// </param>
/// <param name="Next">Whether a further look would find more.</param>
/// <param name="Elapsed">How long it took.</param>
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
    /// <summary>Whether nobody knows what is at a path.</summary>
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

/// <summary>When to look at a folder again.</summary>
public enum NextScan
{
    /// <summary>When something has changed.</summary>
    OnChange,

    /// <summary>In a second or so, even if nobody reports a change: files are still being compared.</summary>
    Soon,

    /// <summary>At once: there are more changes than one look may hold.</summary>
    Now,
}
