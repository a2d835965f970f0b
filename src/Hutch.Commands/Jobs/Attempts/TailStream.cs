namespace Hutch.Commands.Jobs.Attempts;

/// <summary>Keeps the last bytes that were written. Thread-safe.</summary>
internal sealed class TailStream(int most) : Stream
{
    private readonly Lock _lock = new();
    private readonly byte[] _ring = new byte[most];
    private long _written;
    private long _taken;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Returns the last bytes; null if nothing was written since the last call.</summary>
    internal byte[]? TakeIfNew()
    {
        lock (_lock)
        {
            if (_taken == _written)
            {
                return null;
            }

            _taken = _written;
            int length = (int)Math.Min(_written, _ring.Length);
            byte[] last = new byte[length];
            for (int i = 0; i < length; i++)
            {
                last[i] = _ring[(_written - length + i) % _ring.Length];
            }

            return last;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            foreach (byte one in buffer)
            {
                _ring[_written++ % _ring.Length] = one;
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
