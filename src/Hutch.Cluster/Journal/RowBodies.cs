namespace Hutch.Cluster.Journal;

/// <summary>The bodies of a row as one stream, sent to the connection without joining them in memory first.</summary>
internal sealed class RowBodies(IReadOnlyList<LogMember> members) : Stream
{
    private int _member;
    private int _offset;

    public override bool CanRead => true;

    // The provider asks for the length of what can seek; of anything else it makes a copy.
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; } = members.Sum(static member => (long)member.Body.Length);

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        while (_member < members.Count)
        {
            ReadOnlySpan<byte> rest = members[_member].Body.Span[_offset..];
            if (rest.IsEmpty)
            {
                (_member, _offset) = (_member + 1, 0);
                continue;
            }

            int count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            _offset += count;
            Position += count;
            return count;
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        for (; _member < members.Count; _member++, _offset = 0)
        {
            ReadOnlyMemory<byte> rest = members[_member].Body[_offset..];
            await destination.WriteAsync(rest, cancellationToken);
            Position += rest.Length;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
