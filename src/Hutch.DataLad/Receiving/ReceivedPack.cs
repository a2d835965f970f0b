using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;

namespace Hutch.DataLad.Receiving;

/// <summary>A pack from a client, in a file without a name: checked against the SHA-1 at its end before any of it is read.</summary>
internal sealed class ReceivedPack(IDiskFile file, long length) : IPushedObjects
{
    private const int ChunkBytes = 256 << 10;

    public static async Task<ReceivedPack?> ReadAsync(Stream body, IDiskFile file, long maxBytes, CancellationToken ct)
    {
        byte[] chunk = new byte[ChunkBytes];
        long length = 0;
        for (int read; (read = await body.ReadAsync(chunk, ct)) > 0; length += read)
        {
            if (length + read > maxBytes)
            {
                throw ErrorCode.TooLarge.With(
                    $"The push has more than {maxBytes} bytes (dataLad.maxPushBytes). Large files belong into the annex.").ToException();
            }

            file.Write(chunk.AsSpan(0, read), length);
        }

        if (length == 0)
        {
            return null;
        }

        new PackScan(file.Read).CheckTrailer(length, ct);
        return new ReceivedPack(file, length);
    }

    public void Unpack(IObjectSink sink, DataLadOptions options, CancellationToken ct)
    {
        Span<byte> head = stackalloc byte[GitPackWriter.HeadBytes];
        file.ReadFully(head, 0);
        int count = PackEntries.CountOf(head, options.MaxObjects);
        long end = length - ObjectId.Size;
        new PackUnpacker(new PackEntries(file.Read, end, options.MaxObjectBytes), count, end, sink, options.MaxPushBytes).Run(ct);
    }
}
