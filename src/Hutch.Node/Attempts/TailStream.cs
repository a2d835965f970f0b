using Hutch.Node.Processes;
namespace Hutch.Node.Attempts;

/// <summary>Keeps the last bytes that were written. Thread-safe.</summary>
public sealed class TailStream(int most) : Stream
{
    private readonly Lock _lock = new();
    private readonly TailBuffer _tail = new(most);
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
    public byte[]? TakeIfNew()
    {
        lock (_lock)
        {
            if (_taken == _tail.Written)
            {
                return null;
            }

            _taken = _tail.Written;
            return _tail.ToArray();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            _tail.Add(buffer);
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
