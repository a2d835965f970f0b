using Hutch.Model;
using Hutch.Model.Checksums;

namespace Hutch.Federation.Reading;

/// <summary>
/// A blob or page of another site as it comes and while it is kept: slots of the cache, each with the CRC32C of what was written there.
/// Readers wait until all bytes are there and together have the hash: a range is an answer of its own, and who goes on after a cut keeps
/// what came before. Thread-safe.
/// </summary>
internal sealed class CachedBlob(ReadCache cache, ReadKey key, long size, int[] slots)
{
    private readonly uint[] _sums = new uint[slots.Length];
    private readonly TaskCompletionSource<HutchError?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isWhole;

    public ReadKey Key => key;

    public long Size => size;

    public int[] Slots => slots;

    /// <summary>Whether all of it is here: only then it can make room for others.</summary>
    public bool IsWhole => _isWhole;

    /// <summary>Whether its slots may have been given to others.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Bytes of a part.</summary>
    public int LengthOf(int part) => (int)Math.Min(ReadCache.SlotBytes, size - ((long)part * ReadCache.SlotBytes));

    /// <summary>Writes a part, which readers can have from <see cref="Complete"/> on.</summary>
    public void Write(int part, ReadOnlySpan<byte> bytes)
    {
        _sums[part] = Checksum.Crc32C(bytes);
        cache.Write(slots[part], bytes);
    }

    /// <summary>Shows it to readers: all parts are written, and their hash is right.</summary>
    public void Complete()
    {
        _isWhole = true;
        _ended.TrySetResult(null);
    }

    /// <summary>Tells readers why it does not come.</summary>
    public void Fail(HutchError failure) => _ended.TrySetResult(failure);

    /// <summary>Waits until it is whole.</summary>
    /// <exception cref="HutchException">It does not come.</exception>
    public async ValueTask WaitAsync(CancellationToken ct)
    {
        if (await _ended.Task.WaitAsync(ct) is { } failure)
        {
            throw failure.ToException();
        }
    }

    /// <summary>Reads a part once all is here; false when it had to make room, or the disk gives back other bytes.</summary>
    /// <exception cref="HutchException">It does not come.</exception>
    public async ValueTask<bool> TryReadAsync(int part, Memory<byte> destination, CancellationToken ct)
    {
        await WaitAsync(ct);
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
