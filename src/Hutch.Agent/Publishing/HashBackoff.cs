using Hutch.Agent.Watching;

namespace Hutch.Agent.Publishing;

/// <summary>
/// The delay until the next scan of a folder whose files are being hashed: a tenth of the time without progress. So a file that can never
/// be hashed is scanned less and less often, and the end of hashing is noticed soon.
/// </summary>
internal sealed class HashBackoff(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private (long Pending, long Files, long Bytes, long Newest) _seen;
    private long _since;

    /// <summary>The wait after a look that found so many files to hash. It begins anew when anything in the folder is different.</summary>
    public TimeSpan After(FolderScanResult result, long pending)
    {
        (long, long, long, long) seen = (pending, result.Files, result.Bytes, result.NewestNanoseconds);
        if (seen != _seen)
        {
            (_seen, _since) = (seen, time.GetTimestamp());
        }

        TimeSpan wait = time.GetElapsedTime(_since) / 10;
        return wait < Shortest ? Shortest : wait > Longest ? Longest : wait;
    }
}
