using System.Net.Http.Headers;
using Hutch.Model.Tar;

namespace Hutch.Client.Tar;

/// <summary>A request body of many small blobs as a tar stream, from memory, so that it can be sent again.</summary>
internal sealed class TarContent : HttpContent
{
    private const int GatherBytes = 64 * 1024;

    private readonly IReadOnlyList<(BlobHash Hash, ReadOnlyMemory<byte> Bytes)> _blobs;

    internal TarContent(IReadOnlyList<(BlobHash Hash, ReadOnlyMemory<byte> Bytes)> blobs)
    {
        _blobs = blobs;
        Headers.ContentType = new MediaTypeHeaderValue(HutchMediaTypes.Tar);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] gather = ArrayPool<byte>.Shared.Rent(GatherBytes + (2 * UstarHeader.BlockBytes));
        try
        {
            int used = 0;
            foreach ((BlobHash hash, ReadOnlyMemory<byte> bytes) in _blobs)
            {
                BlobHeader.Write(gather.AsSpan(used, UstarHeader.BlockBytes), hash, bytes.Length);
                used += UstarHeader.BlockBytes;
                if (used + bytes.Length > GatherBytes)
                {
                    await stream.WriteAsync(gather.AsMemory(0, used), cancellationToken);
                    await stream.WriteAsync(bytes, cancellationToken);
                    used = 0;
                }
                else
                {
                    bytes.Span.CopyTo(gather.AsSpan(used));
                    used += bytes.Length;
                }

                int padding = UstarHeader.PaddingAfter(bytes.Length);
                gather.AsSpan(used, padding).Clear();
                used += padding;
            }

            gather.AsSpan(used, UstarHeader.EndBytes).Clear();
            await stream.WriteAsync(gather.AsMemory(0, used + UstarHeader.EndBytes), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gather);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = UstarHeader.EndBytes;
        foreach ((_, ReadOnlyMemory<byte> bytes) in _blobs)
        {
            length += UstarHeader.MemberBytes(bytes.Length);
        }

        return true;
    }
}
