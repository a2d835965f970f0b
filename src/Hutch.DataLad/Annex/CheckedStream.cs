using Hutch.Model.Streams;

namespace Hutch.DataLad.Annex;

/// <summary>Reads another stream, and shows every byte to the check of a key.</summary>
internal sealed class CheckedStream(Stream inner, KeyDigest digest) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        digest.Append(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        digest.Append(buffer.Span[..read]);
        return read;
    }
}
