using Hutch.Model.Streams;

namespace Hutch.DataLad.Packs;

internal sealed class PackStream(Pack pack) : ForwardStream
{
    private long _at;

    public override long Length => pack.Length;

    public override long Position
    {
        get => _at;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = pack.Read(buffer, _at);
        _at += read;
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
}
