using Hutch.Disk.Folders;
using Hutch.Model;

namespace Hutch.Client.Workspaces;

/// <summary>What is remembered of a file whose hash is known: one line of <c>.hutch/index</c>.</summary>
/// <param name="P">Path in the dataset.</param>
/// <param name="S">Size in bytes.</param>
/// <param name="M">Time of modification, nanoseconds since 1970.</param>
/// <param name="C">Time of the last change of the inode, nanoseconds since 1970.</param>
/// <param name="I">Inode.</param>
/// <param name="H">SHA-256 of the contents.</param>
/// <param name="T">When it was hashed, nanoseconds since 1970.</param>
internal sealed record IndexRow(string P, long S, long M, long C, ulong I, BlobHash H, long T)
{
    /// <summary>
    /// A file that was written within this time before it was hashed may be written once more without a visible change of its times:
    /// file systems count time in ticks (2 s on some). Such a row is not believed.
    /// </summary>
    private const long TickNanoseconds = 2_000_000_000;

    /// <summary>Whether the file still is what was hashed, as far as the file system can tell.</summary>
    internal bool Matches(in FileStatus status) =>
        status.Size == S && status.ModifiedNanoseconds == M && status.ChangedNanoseconds == C && status.Inode == I
            && Math.Max(M, C) < T - TickNanoseconds;
}
