using System.Buffers;
using System.Collections.Concurrent;
using Hutch.Model.Checksums;
using Hutch.Storage.Caching;

namespace Hutch.Buckets;

/// <summary>
/// Reads parts of segments in the bucket, through a cache of blocks on the local disk. A missing block is fetched with its neighbours,
/// since the files of a folder are next to each other. Concurrent readers of a block share one request.
/// </summary>
/// <remarks>Thread-safe. Callers check the bytes: the cache and the bucket may be wrong.</remarks>
internal sealed class BucketBlocks(IObjectStore objects, ByteCache cache)
{
    private const int BlockBytes = 64 << 10;
    private const int BlocksAhead = 4;
    private const int MaxBlocks = 128;

    private readonly ConcurrentDictionary<CacheKey, Task> _underWay = new();

    /// <summary>Reads a range that is wholly in the segment.</summary>
    /// <exception cref="IOException">The bucket does not have it, or cannot be read now.</exception>
    public async ValueTask ReadAsync(StoredSegment segment, long offset, Memory<byte> into, CancellationToken ct)
    {
        CacheKey key = CacheKey.OfObject(segment.Object);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            long end = offset + into.Length;
            for (long block = offset / BlockBytes; block * BlockBytes < end;)
            {
                Memory<byte> body = buffer.AsMemory(0, LengthOf(segment, block));
                if (cache.TryRead(KeyOf(key, block), body.Span))
                {
                    Copy(body.Span, block * BlockBytes, into.Span, offset);
                    block++;
                }
                else
                {
                    block += await FetchAsync(segment, key, block, offset, into, ct);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a range from the bucket, past the cache.</summary>
    /// <exception cref="IOException">The bucket does not have it, or cannot be read now.</exception>
    public async ValueTask ReadOriginAsync(StoredSegment segment, long offset, Memory<byte> into, CancellationToken ct)
    {
        try
        {
            ObjectReadOutcome outcome = await objects.ReadAsync(segment.Object, offset, into, segment.Bytes, ct);
            if (outcome != ObjectReadOutcome.Read)
            {
                throw new IOException(outcome == ObjectReadOutcome.Missing
                    ? $"The object '{segment.Object}' is missing in {objects.Name}"
                    : $"The object '{segment.Object}' in {objects.Name} does not have the {segment.Bytes} bytes that it had");
            }
        }
        catch (Exception e) when (BucketFailure.Is(e))
        {
            throw new StoreAwayException(e.Message, e);
        }
    }

    /// <summary>Forgets the blocks of a range, so that the next read comes from the bucket.</summary>
    public void Remove(StoredSegment segment, long offset, long length)
    {
        CacheKey key = CacheKey.OfObject(segment.Object);
        for (long block = offset / BlockBytes; block * BlockBytes < offset + length; block++)
        {
            cache.Remove(KeyOf(key, block));
        }
    }

    private static CacheKey KeyOf(CacheKey segment, long block) => segment with { Low = segment.Low + (ulong)block };

    private static int LengthOf(StoredSegment segment, long block) => (int)Math.Min(BlockBytes, segment.Bytes - (block * BlockBytes));

    /// <summary>Copies the common part of two ranges.</summary>
    private static void Copy(ReadOnlySpan<byte> source, long sourceOffset, Span<byte> into, long intoOffset)
    {
        long from = Math.Max(sourceOffset, intoOffset);
        long end = Math.Min(sourceOffset + source.Length, intoOffset + into.Length);
        if (end > from)
        {
            source.Slice((int)(from - sourceOffset), (int)(end - from)).CopyTo(into[(int)(from - intoOffset)..]);
        }
    }

    /// <summary>Fetches missing blocks. Returns the number of blocks whose bytes were copied; 0 after another reader's fetch.</summary>
    private async ValueTask<int> FetchAsync(
        StoredSegment segment, CacheKey key, long block, long offset, Memory<byte> into, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task first = _underWay.GetOrAdd(KeyOf(key, block), done.Task);
        if (first != done.Task)
        {
            await first.WaitAsync(ct);
            if (cache.Has(KeyOf(key, block)))
            {
                return 0;
            }
        }

        try
        {
            int count = CountMissing(segment, key, block, offset + into.Length);
            await FetchAsync(segment, key, block, count, offset, into, ct);
            return count;
        }
        finally
        {
            if (first == done.Task)
            {
                _underWay.TryRemove(KeyOf(key, block), out _);
                done.SetResult();
            }
        }
    }

    private async ValueTask FetchAsync(
        StoredSegment segment, CacheKey key, long block, int count, long offset, Memory<byte> into, CancellationToken ct)
    {
        long clearings = cache.Clearings;
        long start = block * BlockBytes;
        int length = (int)Math.Min((long)count * BlockBytes, segment.Bytes - start);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Memory<byte> fetched = buffer.AsMemory(0, length);
            await ReadOriginAsync(segment, start, fetched, ct);
            Copy(fetched.Span, start, into.Span, offset);
            for (int i = 0; i < count; i++)
            {
                ReadOnlyMemory<byte> body = fetched.Slice(i * BlockBytes, LengthOf(segment, block + i));
                cache.Add(KeyOf(key, block + i), body, Checksum.Crc32C(body.Span), clearings);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Counts the missing blocks from one on: those that are wanted, and at least those of a group of neighbours.</summary>
    private int CountMissing(StoredSegment segment, CacheKey key, long block, long end)
    {
        long wanted = (end + BlockBytes - 1) / BlockBytes;
        long ahead = block - (block % BlocksAhead) + BlocksAhead;
        long last = Math.Min(Math.Max(wanted, ahead), (segment.Bytes + BlockBytes - 1) / BlockBytes);
        int count = 1;
        while (count < MaxBlocks && block + count < last && !cache.Has(KeyOf(key, block + count)))
        {
            count++;
        }

        return count;
    }
}
