namespace Hutch.Storage.Payloads;

/// <summary>
/// Memory lent by a <see cref="PayloadPool"/>. Belongs to one owner at a time, who disposes it when nothing uses the memory any more; a second
/// dispose does nothing, use after it throws. A forgotten one stops counting when it is collected, but its array is not lent again: somebody may
/// still hold its memory.
/// </summary>
public sealed class PayloadBuffer : IDisposable
{
    private readonly PayloadPool _pool;
    private readonly int _sizeClass;
    private byte[]? _array;

    internal PayloadBuffer(PayloadPool pool, byte[] array, int sizeClass, int length)
    {
        (_pool, _array, _sizeClass, Length) = (pool, array, sizeClass, length);
    }

    /// <summary>Stops counting a forgotten buffer.</summary>
    ~PayloadBuffer()
    {
        if (Interlocked.Exchange(ref _array, null) is not null)
        {
            _pool.Forget(_sizeClass);
        }
    }

    /// <summary>How many bytes were asked for.</summary>
    public int Length { get; }

    /// <summary>The memory, as long as asked for.</summary>
    public Memory<byte> Memory => Array.AsMemory(0, Length);

    /// <summary>The memory, as long as asked for.</summary>
    public Span<byte> Span => Array.AsSpan(0, Length);

    /// <summary>All of the memory: at least <see cref="Length"/> bytes.</summary>
    public Memory<byte> Full => Array;

    private byte[] Array
    {
        get
        {
            byte[]? array = _array;
            ObjectDisposedException.ThrowIf(array is null, this);
            return array;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            _pool.Return(array, _sizeClass);
        }

        GC.SuppressFinalize(this);
    }
}
