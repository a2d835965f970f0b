using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Blobs;

namespace Hutch.Federation.Reading;

/// <summary>A blob at another site: its parts come from the cache, and into the cache when they are not there.</summary>
internal sealed class RemoteBlob(IncomingBlobs incoming, DatasetReading reading, BlobReference reference, BlobHash hash) : IExternalBlob
{
    /// <summary>The most times that data is brought again which left the cache before it was read.</summary>
    private const int MaxTries = 3;

    private volatile CachedBlob? _blob;

    public BlobHash Hash => hash;

    public long Size => reference.Size;

    public DatasetReading Reading => reading;

    public BlobReference Place => reference;

    public Extent PartAt(long position, long needed) => ReadCache.SlotAt(position, Size);

    /// <summary>True if some of it was read: waiting for more does not count as another read.</summary>
    public bool IsBegun => _blob is not null;

    /// <summary>True if all of it is here with the right hash, for a reader that has begun.</summary>
    public bool IsWhole => _blob is { HasLeft: false } blob && blob.Readable == blob.Size;

    public bool IsCached => incoming.IsCached(hash);

    public bool CanRead(Extent part) => _blob is { HasLeft: false } blob && part.Offset + part.Length <= blob.Readable;

    public async ValueTask WaitAsync(Extent part, CancellationToken ct)
    {
        if (_blob?.Failure is { } failure)
        {
            throw failure.ToException();
        }

        if (!CanRead(part))
        {
            _blob = await incoming.FetchAsync(this, part.Offset + part.Length, ct);
        }
    }

    public async ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct)
    {
        for (int i = 0; i < MaxTries; i++)
        {
            await WaitAsync(part, ct);
            if (_blob is { } blob && await blob.TryReadAsync((int)(part.Offset / ReadCache.SlotBytes), destination, ct))
            {
                return;
            }

            _blob = _blob?.Failure is null ? null : _blob;
        }

        throw ErrorCode.Unavailable.With("This site reads so much from other sites now that nothing stays in its cache. Try again.")
            .ToException();
    }
}

/// <summary>A page that names a blob: a hash alone gets nothing from its home.</summary>
/// <param name="Size">Bytes of the blob, as the page says.</param>
internal readonly record struct BlobReference(BlobHash Page, long Size);
