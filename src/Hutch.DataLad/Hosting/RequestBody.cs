using System.IO.Compression;

namespace Hutch.DataLad.Hosting;

/// <summary>Reads the whole body of a git client's request, which may be packed; however it is packed, it has a limit.</summary>
internal static class RequestBody
{
    private const int ChunkBytes = 16 << 10;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken ct)
    {
        string coding = request.Headers.ContentEncoding.ToString();
        if (coding is not ("" or "gzip" or "x-gzip" or "identity"))
        {
            throw ErrorCode.BadRequest.With($"The body is coded as {Display.Quote(coding)}; send it as it is, or with gzip.").ToException();
        }

        try
        {
            if (coding is "" or "identity")
            {
                return await ReadAsync(request.Body, maxBytes, ct);
            }

            await using var unpacked = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            return await ReadAsync(unpacked, maxBytes, ct);
        }
        catch (InvalidDataException)
        {
            throw ErrorCode.BadRequest.With("The body is not valid gzip.").ToException();
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, int maxBytes, CancellationToken ct)
    {
        var all = new MemoryStream();
        byte[] chunk = new byte[ChunkBytes];
        for (int read; (read = await body.ReadAsync(chunk, ct)) > 0;)
        {
            all.Write(chunk, 0, read);
            if (all.Length > maxBytes)
            {
                throw ErrorCode.TooLarge.With($"The request has more than {maxBytes} bytes.").ToException();
            }
        }

        return all.GetBuffer().AsMemory(0, (int)all.Length);
    }
}
