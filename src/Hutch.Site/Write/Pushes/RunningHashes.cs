namespace Hutch.Site.Write.Pushes;

/// <summary>The hashes of uploads between their requests, so that the next request need not read earlier bytes again.</summary>
/// <remarks>Thread-safe. An evicted hash is computed again from the stored bytes.</remarks>
internal sealed class RunningHashes
{
    private const int MaxRetained = 1000;

    private readonly Dictionary<Guid, RunningHash> _kept = [];

    /// <summary>Takes the hash of an upload out, if it is here and was fed as many bytes; it is the caller's then.</summary>
    public RunningHash? Take(Guid upload, long length)
    {
        lock (_kept)
        {
            if (!_kept.Remove(upload, out RunningHash? kept) || kept.Length == length)
            {
                return kept;
            }

            kept.Dispose();
            return null;
        }
    }

    /// <summary>Keeps the hash of an upload, and takes over its ownership.</summary>
    public void Return(Guid upload, RunningHash hash)
    {
        lock (_kept)
        {
            if (_kept.Count >= MaxRetained && _kept.Remove(_kept.Keys.First(), out RunningHash? other))
            {
                // Computed again if that upload ever continues; abandoned uploads must not fill this for good.
                other.Dispose();
            }

            if (_kept.TryAdd(upload, hash))
            {
                return;
            }
        }

        hash.Dispose();
    }
}
