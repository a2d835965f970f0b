using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Hutch.Analysis.Pictures;

/// <summary>Writes a PNG file of one byte a pixel, each the number of a colour (https://www.w3.org/TR/png/). Allocates nothing.</summary>
internal static class PngFile
{
    public const string Extension = "png";

    public const string MediaType = "image/png";

    // Length, type and checksum of a chunk.
    private const int ChunkBytes = 12;
    private const int HeaderBytes = 13;
    private const byte BitsPerPixel = 8;
    private const byte ColoursOfPalette = 3;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Bytes of a row as <see cref="Write"/> wants it: one that says that the row is not filtered, and the pixels.</summary>
    public static int RowBytes(int width) => 1 + width;

    /// <param name="width">Pixels of a row.</param>
    /// <param name="rows">Rows of <see cref="RowBytes"/>, each with a zero in front.</param>
    /// <param name="palette">Red, green and blue of up to 256 colours.</param>
    public static void Write(IBufferWriter<byte> output, int width, ReadOnlySpan<byte> rows, ReadOnlySpan<byte> palette)
    {
        int packedBytes = FrameEncoder.MaxEncodedLength(FrameCodec.Deflate, rows.Length);
        Span<byte> file = output.GetSpan(Signature.Length + (4 * ChunkBytes) + HeaderBytes + palette.Length + packedBytes);
        Signature.CopyTo(file);
        int length = Signature.Length;
        Span<byte> header = Body(file, length);
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], rows.Length / RowBytes(width));
        header[8] = BitsPerPixel;
        header[9] = ColoursOfPalette;
        header[10..HeaderBytes].Clear();
        length += End(file, length, "IHDR", HeaderBytes);
        palette.CopyTo(Body(file, length));
        length += End(file, length, "PLTE", palette.Length);
        length += End(file, length, "IDAT", FrameEncoder.Encode(FrameCodec.Deflate, 1, rows, Body(file, length)));
        length += End(file, length, "IEND", 0);
        output.Advance(length);
    }

    private static Span<byte> Body(Span<byte> file, int chunk) => file[(chunk + 8)..];

    /// <summary>Puts length, type and checksum around the body of a chunk; returns its whole length.</summary>
    private static int End(Span<byte> file, int chunk, string type, int bodyBytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(file[chunk..], bodyBytes);
        Encoding.ASCII.GetBytes(type, file[(chunk + 4)..]);
        uint checksum = Crc32.HashToUInt32(file.Slice(chunk + 4, 4 + bodyBytes));
        BinaryPrimitives.WriteUInt32BigEndian(file[(chunk + 8 + bodyBytes)..], checksum);
        return ChunkBytes + bodyBytes;
    }
}
