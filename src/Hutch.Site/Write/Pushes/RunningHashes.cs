namespace Hutch.Site.Write.Pushes;

/// <summary>The hashes of uploads between their requests, so that the next request need not read earlier bytes again.</summary>
/// <remarks>Thread-safe. An evicted hash is computed again from the stored bytes.</remarks>
internal sealed class RunningHashes
{
    private const int MaxRetained = 1000;

    private readonly Dictionary<Guid, RunningHash> _retained = [];

    /// <summary>Takes the hash of an upload out, if it is here and was fed as many bytes; it is the caller's then.</summary>
    public RunningHash? Take(Guid upload, long length)
    {
        lock (_retained)
        {
            if (!_retained.Remove(upload, out RunningHash? retained) || retained.Length == length)
            {
                return retained;
            }

            retained.Dispose();
            return null;
        }
    }

    /// <summary>Keeps the hash of an upload, and takes over its ownership.</summary>
    public void Return(Guid upload, RunningHash hash)
    {
        lock (_retained)
        {
            if (_retained.Count >= MaxRetained && _retained.Remove(_retained.Keys.First(), out RunningHash? other))
            {
                // Computed again if that upload ever continues; abandoned uploads must not fill this for good.
                other.Dispose();
            }

            if (_retained.TryAdd(upload, hash))
            {
                return;
            }
        }

        hash.Dispose();
    }
}
