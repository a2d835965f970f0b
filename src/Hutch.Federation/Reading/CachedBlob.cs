using Hutch.Model;
using Hutch.Model.Checksums;

namespace Hutch.Federation.Reading;

/// <summary>
/// A blob or page of another site: slots of the cache, each with the CRC32C of what was written there. Readers find it when all bytes are
/// there and together have the hash: a range is an answer of its own, and who goes on after a cut keeps what came before. Thread-safe.
/// </summary>
internal sealed class CachedBlob(ReadCache cache, ReadKey key, long size, int[] slots)
{
    private readonly uint[] _sums = new uint[slots.Length];
    private volatile bool _hasLeft;

    public ReadKey Key => key;

    public long Size => size;

    public int[] Slots => slots;

    /// <summary>Whether its slots may have been given to others.</summary>
    public bool HasLeft
    {
        get => _hasLeft;
        set => _hasLeft = value;
    }

    /// <summary>Bytes of a part.</summary>
    public int LengthOf(int part) => (int)Math.Min(ReadCache.SlotBytes, size - ((long)part * ReadCache.SlotBytes));

    /// <summary>Writes a part, which readers can have once all of it is in the cache.</summary>
    public void Write(int part, ReadOnlySpan<byte> bytes)
    {
        _sums[part] = Checksum.Crc32C(bytes);
        cache.Write(slots[part], bytes);
    }

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

/// <summary>A hash by itself names nothing: a home could name what only others have.</summary>
/// <param name="Home">The site that gave it.</param>
/// <param name="Hash">Of the bytes.</param>
internal readonly record struct ReadKey(string Home, BlobHash Hash);
