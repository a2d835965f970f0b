using System.Collections.Concurrent;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Write.Uploads;

/// <summary>
/// Computes the SHA-256 of uploads along with their parts. A part that comes in order is hashed as it comes; an early one is hashed from
/// the store once the earlier parts are present. Completion hashes the rest.
/// </summary>
/// <remarks>Thread-safe. Its state is lost at a stop, and computed again at completion.</remarks>
internal sealed class UploadHashes(BlobStore blobs) : IDisposable
{
    private const int MaxFollowed = 1000;

    private readonly ConcurrentDictionary<Guid, Followed> _followed = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Takes the lock to hash a part while it comes; null when it is not the next, or another comes at the same time.</summary>
    public UploadHash.HashLock? TryFollow(Guid upload, int number)
    {
        if (!_followed.TryGetValue(upload, out Followed? followed))
        {
            if (number != 1 || _followed.Count >= MaxFollowed)
            {
                return null;
            }

            followed = _followed.GetOrAdd(upload, static _ => new Followed());
        }

        return followed.Hash.TryTake(number);
    }

    /// <summary>Notes a stored part. If it, or an early one, is the next, it is hashed from the store in the background.</summary>
    public void Record(Guid upload, SiteUploadPart part)
    {
        if (!_followed.TryGetValue(upload, out Followed? followed))
        {
            return;
        }

        if (part.Number >= followed.Hash.Next)
        {
            followed.Early[part.Number] = part;
        }

        if (followed.Early.ContainsKey(followed.Hash.Next) && Interlocked.CompareExchange(ref followed.Catching, 1, 0) == 0)
        {
            _ = Task.Run(() => CatchUpAsync(followed));
        }
    }

    /// <summary>Returns the SHA-256 of all these parts in order.</summary>
    public async Task<BlobHash> FinishAsync(Guid upload, IReadOnlyList<SiteUploadPart> parts, CancellationToken ct)
    {
        Followed followed = _followed.GetOrAdd(upload, static _ => new Followed());
        followed.IsFinishing = true;
        try
        {
            (UploadHash.HashLock hashLock, int done) = await followed.Hash.FinishAsync(parts, ct);
            using (hashLock)
            {
                foreach (SiteUploadPart part in parts.Skip(done))
                {
                    await FeedAsync(hashLock, part, ct);
                    hashLock.Commit(part);
                }

                // A refused completion may be tried again: the state stays, the value is taken from it.
                return new BlobHash(hashLock.Current);
            }
        }
        finally
        {
            followed.IsFinishing = false;
        }
    }

    public void Remove(Guid upload)
    {
        if (_followed.TryRemove(upload, out Followed? followed))
        {
            followed.Dispose();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (Guid upload in _followed.Keys)
        {
            Remove(upload);
        }

        _stop.Dispose();
    }

    private async Task CatchUpAsync(Followed followed)
    {
        try
        {
            while (!followed.IsFinishing && followed.Early.TryRemove(followed.Hash.Next, out SiteUploadPart? part))
            {
                using UploadHash.HashLock? hashLock = followed.Hash.TryTake(part.Number);
                if (hashLock is null)
                {
                    // It comes anew at this moment, or is being finished.
                    followed.Early.TryAdd(part.Number, part);
                    return;
                }

                await FeedAsync(hashLock, part, _stop.Token);
                hashLock.Commit(part);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HutchException or IOException or ObjectDisposedException)
        {
            // The hash is computed again at completion, where the client learns of a damaged part and can send it again.
        }
        finally
        {
            Volatile.Write(ref followed.Catching, 0);
        }
    }

    private Task FeedAsync(UploadHash.HashLock hashLock, SiteUploadPart part, CancellationToken ct) =>
        blobs.FeedAsync(part.Part, part.Extents, hashLock.Hash.AppendData, ct);

    private sealed class Followed : IDisposable
    {
        public int Catching;

        public UploadHash Hash { get; } = new();

        public ConcurrentDictionary<int, SiteUploadPart> Early { get; } = new();

        public bool IsFinishing { get; set; }

        public void Dispose() => Hash.Dispose();
    }
}
