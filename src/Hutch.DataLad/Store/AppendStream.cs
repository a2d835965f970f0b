namespace Hutch.DataLad.Store;

/// <summary>A stream that is written from its beginning to its end, and nothing else.</summary>
internal sealed class AppendStream(AppendStream.Append append) : Stream
{
    internal delegate void Append(ReadOnlySpan<byte> bytes);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => append(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => append(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        append(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
