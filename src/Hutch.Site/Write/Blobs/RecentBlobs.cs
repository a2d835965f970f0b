namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Newly received blobs that a run waits for: their bytes stay in their receive buffers, so that a worker need not read them from the disk.
/// They take at most a quarter of the payload pool. They are given up, oldest first, as soon as any request waits for memory; a reader that
/// does not find them here reads the disk.
/// </summary>
/// <remarks>
/// Thread-safe. It makes nothing visible: a reader looks here only after it found the blob in the store, by a hash computed from these
/// bytes as they came.
/// </remarks>
public sealed class RecentBlobs
{
    private const int PartOfPool = 4;

    /// <summary>The time after which an unread blob is given up when another needs its memory.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly LinkedList<RecentBlob> _retained = new();
    private readonly Dictionary<BlobHash, RecentBlob> _byHash = [];
    private readonly Dictionary<DatasetId, int> _readers = [];
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private long _bytes;

    internal RecentBlobs(PayloadPool pool, TimeProvider time)
    {
        _maxBytes = pool.CapacityBytes / PartOfPool;
        _time = time;
        pool.UseSpare(ReclaimOldest);
    }

    /// <summary>The bytes that are kept now.</summary>
    public long RetainedBytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Announces a reader that reads each new frame of a dataset as soon as it is stored, until the result is disposed.</summary>
    public IDisposable Await(DatasetId dataset)
    {
        lock (_gate)
        {
            _readers[dataset] = _readers.GetValueOrDefault(dataset) + 1;
        }

        return new Reader(this, dataset);
    }

    /// <summary>Returns a holder for the bytes of a new frame of a dataset; null when no reader waits for them.</summary>
    public RecentBlob? Begin(DatasetId dataset)
    {
        lock (_gate)
        {
            if (!_readers.TryGetValue(dataset, out int readers))
            {
                return null;
            }

            var blob = new RecentBlob(this, dataset, readers, _time.GetTimestamp());
            blob.Place = _retained.AddLast(blob);
            return blob;
        }
    }

    /// <summary>Copies bytes of a blob, if it is present.</summary>
    internal bool TryRead(BlobHash hash, long offset, Span<byte> destination)
    {
        RecentBlob? blob;
        lock (_gate)
        {
            if (!_byHash.TryGetValue(hash, out blob) || offset + destination.Length > blob.Size)
            {
                return false;
            }

            blob.Users++;
        }

        try
        {
            blob.Copy(offset, destination);
            return true;
        }
        finally
        {
            Leave(blob);
        }
    }

    /// <summary>Ends the interest of one reader in a blob.</summary>
    public void Done(BlobHash hash)
    {
        RecentBlob? blob;
        lock (_gate)
        {
            if (!_byHash.TryGetValue(hash, out blob) || --blob.Readers > 0)
            {
                return;
            }
        }

        Reclaim(blob);
    }

    /// <summary>Takes over a buffer with the next bytes of a blob; false when memory is short, and the blob is given up.</summary>
    /// <param name="isUsed">True if the caller keeps using the memory, until <see cref="Leave"/>.</param>
    internal bool TryAdd(RecentBlob blob, PayloadBuffer buffer, int length, bool isUsed = false)
    {
        while (true)
        {
            RecentBlob? old = null;
            lock (_gate)
            {
                if (blob.Place is null)
                {
                    return false;
                }

                if (_bytes + buffer.Full.Length <= _maxBytes)
                {
                    _bytes += buffer.Full.Length;
                    blob.Append(buffer, length);
                    blob.Users += isUsed ? 1 : 0;
                    return true;
                }

                if (_retained.First!.Value is { } first && first != blob && _time.GetElapsedTime(first.Began) > Fresh)
                {
                    old = first;
                }
            }

            Reclaim(old ?? blob);
        }
    }

    /// <summary>Completes a blob with its hash: all of its bytes are present.</summary>
    internal void Complete(RecentBlob blob, BlobHash hash)
    {
        bool isKnown = false;
        lock (_gate)
        {
            if (blob.Place is null)
            {
                return;
            }

            if (_byHash.TryGetValue(hash, out RecentBlob? same))
            {
                // Two frames without a photon have the same bytes.
                same.Readers += blob.Readers;
                isKnown = true;
            }
            else
            {
                blob.Hash = hash;
                _byHash.Add(hash, blob);
            }
        }

        if (isKnown)
        {
            Reclaim(blob);
        }
    }

    internal void Leave(RecentBlob blob)
    {
        lock (_gate)
        {
            blob.Users--;
        }

        Release(blob);
    }

    /// <summary>Gives a blob up; its memory is returned to the pool after its last use.</summary>
    internal void Reclaim(RecentBlob blob)
    {
        lock (_gate)
        {
            Remove(blob);
        }

        Release(blob);
    }

    private bool ReclaimOldest()
    {
        RecentBlob blob;
        lock (_gate)
        {
            if (_retained.First is not { } first)
            {
                return false;
            }

            blob = first.Value;
            Remove(blob);
        }

        Release(blob);
        return true;
    }

    private void Remove(RecentBlob blob)
    {
        if (blob.Place is { } node)
        {
            _retained.Remove(node);
            blob.Place = null;
            if (blob.Hash is { } hash)
            {
                _byHash.Remove(hash);
            }
        }
    }

    private void Release(RecentBlob blob)
    {
        IReadOnlyList<PayloadBuffer> unused;
        lock (_gate)
        {
            if (blob.Place is not null || blob.Users > 0)
            {
                return;
            }

            unused = blob.TakeBuffers();
            _bytes -= unused.Sum(buffer => (long)buffer.Full.Length);
        }

        foreach (PayloadBuffer buffer in unused)
        {
            buffer.Dispose();
        }
    }

    private void End(DatasetId dataset)
    {
        List<RecentBlob> unwanted = [];
        lock (_gate)
        {
            if (--_readers[dataset] == 0)
            {
                _readers.Remove(dataset);
                unwanted.AddRange(_retained.Where(blob => blob.Dataset == dataset));
            }
        }

        unwanted.ForEach(Reclaim);
    }

    private sealed class Reader(RecentBlobs owner, DatasetId dataset) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                owner.End(dataset);
            }
        }
    }
}
