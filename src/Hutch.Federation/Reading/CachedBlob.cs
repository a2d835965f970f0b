using Hutch.Model;
using Hutch.Model.Checksums;

namespace Hutch.Federation.Reading;

/// <summary>
/// A blob or page of another site as it comes and while it is kept: slots of the cache, each with the CRC32C of what was written there.
/// Readers wait for the part that they need. The last part, which may be the only one, is shown only when all bytes together have the
/// hash, so that nobody ever has a wrong blob whole. Thread-safe.
/// </summary>
internal sealed class CachedBlob(ReadCache cache, ReadKey key, long size, int[] slots)
{
    private readonly Lock _gate = new();
    private readonly uint[] _sums = new uint[slots.Length];
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HutchError? _failure;
    private int _ready;

    public ReadKey Key => key;

    public long Size => size;

    public int[] Slots => slots;

    /// <summary>Whether all of it is here: only then it can make room for others.</summary>
    public bool IsWhole => Volatile.Read(ref _ready) == slots.Length;

    /// <summary>Whether its slots may have been given to others.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Bytes of a part.</summary>
    public int LengthOf(int part) => (int)Math.Min(ReadCache.SlotBytes, size - ((long)part * ReadCache.SlotBytes));

    /// <summary>Writes the next part, which readers can have from <see cref="Show"/> on.</summary>
    public void Write(int part, ReadOnlySpan<byte> bytes)
    {
        _sums[part] = Checksum.Crc32C(bytes);
        cache.Write(slots[part], bytes);
    }

    /// <summary>Shows parts to readers.</summary>
    /// <param name="parts">How many, from the first on.</param>
    public void Show(int parts) => Move(() => _ready = parts);

    /// <summary>Tells readers why no more comes.</summary>
    public void Fail(HutchError failure) => Move(() => _failure = failure);

    /// <summary>Reads a part once it is here; false when it had to make room, or the disk gives back other bytes.</summary>
    /// <exception cref="HutchException">It does not come.</exception>
    public async ValueTask<bool> TryReadAsync(int part, Memory<byte> destination, CancellationToken ct)
    {
        while (FindWait(part) is { } moved)
        {
            await moved.WaitAsync(ct);
        }

        Memory<byte> bytes = destination[..LengthOf(part)];
        await Task.Run(() => cache.Read(slots[part], bytes.Span), ct);
        bool isRight = Checksum.Crc32C(bytes.Span) == _sums[part] && !HasLeft;
        if (!isRight && IsWhole)
        {
            cache.Remove(this);
        }

        return isRight;
    }

    private Task? FindWait(int part)
    {
        lock (_gate)
        {
            return _failure is { } failure ? throw failure.ToException() : _ready > part ? null : _moved.Task;
        }
    }

    private void Move(Action move)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            move();
            (moved, _moved) = (_moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        moved.SetResult();
    }
}

/// <summary>A hash by itself names nothing: a home could name what only others have.</summary>
/// <param name="Home">The site that gave it.</param>
/// <param name="Hash">Of the bytes.</param>
internal readonly record struct ReadKey(string Home, BlobHash Hash);
