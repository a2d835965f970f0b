namespace Hutch.Site.Write.Blobs;

/// <summary>One awaited blob in the buffers in which it came. The lock of its <see cref="RecentBlobs"/> guards its state.</summary>
public sealed class RecentBlob
{
    private readonly RecentBlobs _owner;
    private List<(PayloadBuffer Buffer, int Length)> _parts = [];

    internal RecentBlob(RecentBlobs owner, DatasetId dataset, int readers, long began)
    {
        _owner = owner;
        Dataset = dataset;
        Readers = readers;
        Began = began;
    }

    internal DatasetId Dataset { get; }

    /// <summary>The time at which it began to come, by the clock of its owner.</summary>
    internal long Began { get; }

    /// <summary>The number of readers that still want it.</summary>
    internal int Readers { get; set; }

    internal int Users { get; set; }

    internal long Size { get; private set; }

    /// <summary>The hash by which it is found; null until it is complete.</summary>
    internal BlobHash? Hash { get; set; }

    /// <summary>Its position among all that are kept; null when it was given up.</summary>
    internal LinkedListNode<RecentBlob>? Place { get; set; }

    /// <summary>Gives the blob up: it was not stored, so it is never read.</summary>
    public void Reclaim() => _owner.Reclaim(this);

    /// <summary>
    /// Takes over a buffer with the next bytes. Returns false when memory is short; the buffer then remains the caller's.
    /// </summary>
    internal bool TryAdd(PayloadBuffer buffer, int length) => _owner.TryAdd(this, buffer, length);

    /// <summary>
    /// Takes over a buffer with all bytes, which the caller keeps using until <see cref="Leave"/>. Returns false when memory is short; the
    /// buffer then remains the caller's.
    /// </summary>
    internal bool TryShare(PayloadBuffer buffer, int length) => _owner.TryAdd(this, buffer, length, isUsed: true);

    /// <summary>Ends the use of its memory by the caller that shared it.</summary>
    internal void Leave() => _owner.Leave(this);

    internal void Complete(BlobHash hash) => _owner.Complete(this, hash);

    internal void Append(PayloadBuffer buffer, int length)
    {
        _parts.Add((buffer, length));
        Size += length;
    }

    /// <summary>Copies a range within the blob; the caller must be counted among its users.</summary>
    internal void Copy(long offset, Span<byte> destination)
    {
        foreach ((PayloadBuffer buffer, int length) in _parts)
        {
            if (destination.IsEmpty)
            {
                return;
            }

            if (offset < length)
            {
                int count = Math.Min(length - (int)offset, destination.Length);
                buffer.Span.Slice((int)offset, count).CopyTo(destination);
                destination = destination[count..];
                offset += count;
            }

            offset -= length;
        }
    }

    internal IReadOnlyList<PayloadBuffer> TakeBuffers()
    {
        PayloadBuffer[] all = [.. _parts.Select(part => part.Buffer)];
        _parts = [];
        return all;
    }
}
