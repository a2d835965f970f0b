namespace Hutch.Api.Tests.Support;

/// <summary>Bytes with long stretches of zeros between them that take no memory. Can be read and sought.</summary>
internal sealed class SparseStream : Stream
{
    private readonly List<(long Start, byte[] Bytes)> _parts = [];
    private long _length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position { get; set; }

    public void Add(byte[] bytes)
    {
        _parts.Add((_length, bytes));
        _length += bytes.Length;
    }

    public void AddZeros(long count) => _length += count;

    public override int Read(byte[] buffer, int offset, int count)
    {
        count = (int)Math.Min(count, _length - Position);
        buffer.AsSpan(offset, count).Clear();
        foreach ((long start, byte[] bytes) in _parts)
        {
            long from = Math.Max(start, Position), to = Math.Min(start + bytes.Length, Position + count);
            if (from < to)
            {
                bytes.AsSpan((int)(from - start), (int)(to - from)).CopyTo(buffer.AsSpan(offset + (int)(from - Position)));
            }
        }

        Position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => _length + offset };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
