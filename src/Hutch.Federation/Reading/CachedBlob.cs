using Hutch.Model.Checksums;

namespace Hutch.Federation.Reading;

/// <summary>
/// A blob or page of another site: slots of the cache, each with the CRC32C of its bytes. Readers get only correct bytes: all of them once
/// their hash is right, or the parts that the home has signed, except the last. Thread-safe.
/// </summary>
internal sealed class CachedBlob(ReadCache cache, ReadKey key, long size, int[] slots)
{
    private readonly uint[] _sums = new uint[slots.Length];
    private volatile bool _hasLeft;
    private volatile HutchError? _failure;
    private long _readable;

    public ReadKey Key => key;

    public long Size => size;

    public int[] Slots => slots;

    /// <summary>True if its slots may have been given to others.</summary>
    public bool HasLeft
    {
        get => _hasLeft;
        set => _hasLeft = value;
    }

    /// <summary>The reason why the rest does not come, for readers that have begun; null if it may.</summary>
    public HutchError? Failure
    {
        get => _failure;
        set => _failure = value;
    }

    /// <summary>The number of bytes, from the first on, that readers may have.</summary>
    public long Readable
    {
        get => Volatile.Read(ref _readable);
        set => Volatile.Write(ref _readable, value);
    }

    public int LengthOf(int part) => (int)Math.Min(ReadCache.SlotBytes, size - ((long)part * ReadCache.SlotBytes));

    /// <summary>Writes a part, which readers can have once all of it is in the cache.</summary>
    public void Write(int part, ReadOnlySpan<byte> bytes)
    {
        _sums[part] = Checksum.Crc32C(bytes);
        cache.Write(slots[part], bytes);
    }

    public void Read(int part, Span<byte> destination) => cache.Read(slots[part], destination[..LengthOf(part)]);

    /// <summary>Reads a part; false when it had to make room, or the disk gives back other bytes.</summary>
    public async ValueTask<bool> TryReadAsync(int part, Memory<byte> destination, CancellationToken ct)
    {
        Memory<byte> bytes = destination[..LengthOf(part)];
        await Task.Run(() => cache.Read(slots[part], bytes.Span), ct);
        bool isRight = Checksum.Crc32C(bytes.Span) == _sums[part] && !HasLeft;
        if (!isRight)
        {
            cache.Remove(this);
        }

        return isRight;
    }
}

/// <summary>The key of a blob in the cache. It has the home, because a home could name a hash that only others have.</summary>
/// <param name="Hash">The SHA-256 of the bytes.</param>
internal readonly record struct ReadKey(string Home, BlobHash Hash);
