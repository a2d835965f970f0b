namespace Hutch.Mount.Contents;

/// <summary>The readers of open files: one for each content, however often and under however many names it is open.</summary>
internal sealed class BlobReaders(BlockSource source, CacheFolder? cache)
{
    /// <summary>Blocks in memory: enough for the read-ahead of several readers.</summary>
    private const long MemoryBytes = 48L * FileContent.BlockBytes;

    private readonly BlockMemory _memory = new(MemoryBytes);
    private readonly Lock _gate = new();
    private readonly Dictionary<BlobHash, Shared> _shared = [];
    private readonly HashSet<BlobHash> _wrong = [];
    private long _lastNumber;

    /// <summary>Returns the reader of a content; close it with <see cref="CloseAsync"/>.</summary>
    /// <param name="mayKeepPages">False if the kernel may have bytes that were found to be wrong.</param>
    internal BlobReader Open(FileContent content, out bool mayKeepPages)
    {
        mayKeepPages = false;
        if (content.Hash is not { } hash)
        {
            return New(content);
        }

        lock (_gate)
        {
            mayKeepPages = !_wrong.Remove(hash);
            if (!_shared.TryGetValue(hash, out Shared? shared) || shared.Reader.IsWrong)
            {
                shared = new Shared(New(content));
                _shared[hash] = shared;
            }

            shared.Users++;
            shared.Reader.ReadFrom(content);
            return shared.Reader;
        }
    }

    /// <summary>Closes a reader that <see cref="Open"/> returned.</summary>
    internal async Task CloseAsync(FileContent content, BlobReader reader, CancellationToken cancellationToken)
    {
        if (content.Hash is { } hash)
        {
            lock (_gate)
            {
                if (reader.IsWrong)
                {
                    _wrong.Add(hash);
                }

                if (_shared.TryGetValue(hash, out Shared? shared) && shared.Reader == reader && --shared.Users > 0)
                {
                    return;
                }

                if (shared?.Reader == reader)
                {
                    _shared.Remove(hash);
                }
            }
        }

        await reader.DisposeAsync().AsTask().WaitAsync(cancellationToken);
    }

    private BlobReader New(FileContent content) => new(content, Interlocked.Increment(ref _lastNumber), source, cache, _memory);

    private sealed class Shared(BlobReader reader)
    {
        internal BlobReader Reader { get; } = reader;

        internal int Users { get; set; }
    }
}
