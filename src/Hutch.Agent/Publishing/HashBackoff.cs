using Hutch.Agent.Watching;

namespace Hutch.Agent.Publishing;

/// <summary>
/// How long to wait until a folder is looked at again whose files are being hashed: a tenth of the time for which nothing has happened. A
/// file that can never be hashed is so looked at less and less often, and a folder that is hashed in the end is noticed soon afterwards.
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
