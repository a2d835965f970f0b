namespace Hutch.Formats.Thumbnails;

internal enum ImageKind
{
    Png,
    Jpeg,
    Gif,
    Webp,
    Bmp,
}

/// <summary>The format and size of an image file, read before anything is unpacked.</summary>
/// <param name="Columns">Pixels of a row.</param>
internal readonly record struct ImageHead(ImageKind Kind, long Columns, long Rows)
{
    /// <summary>So many bytes of a file say whether it is an image.</summary>
    public const int MagicBytes = 32;

    private static ReadOnlySpan<byte> PngMark => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static ImageKind? KindOf(ReadOnlySpan<byte> file) =>
        file.Length < MagicBytes ? null
        : file.StartsWith(PngMark) ? ImageKind.Png
        : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ImageKind.Jpeg
        : file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) ? ImageKind.Gif
        : file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? ImageKind.Webp
        : file.StartsWith("BM"u8) ? ImageKind.Bmp
        : null;

    /// <summary>Reads it; null for a file that is no image, or has no size.</summary>
    public static ImageHead? Read(ReadOnlySpan<byte> file) => KindOf(file) switch
    {
        ImageKind.Png when file[12..].StartsWith("IHDR"u8) =>
            From(ImageKind.Png, BinaryPrimitives.ReadUInt32BigEndian(file[16..]), BinaryPrimitives.ReadUInt32BigEndian(file[20..])),
        ImageKind.Jpeg => Jpeg(file),
        ImageKind.Gif => From(ImageKind.Gif, Little16(file, 6), Little16(file, 8)),
        ImageKind.Webp => Webp(file),
        ImageKind.Bmp => Bmp(file),
        _ => null,
    };

    /// <summary>
    /// Returns true if a file has its end. The rest of a truncated file would be drawn without an error, in the two formats that mark
    /// their end.
    /// </summary>
    public static bool HasEnd(ReadOnlySpan<byte> file) => KindOf(file) switch
    {
        ImageKind.Jpeg => FrameHeader(file) is { } at && file[at..].LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) >= 0,
        ImageKind.Gif => file.TrimEnd((byte)0).EndsWith((byte)';'),
        _ => true,
    };

    private static ImageHead? From(ImageKind kind, long columns, long rows) =>
        columns > 0 && rows > 0 ? new ImageHead(kind, columns, rows) : null;

    private static int Little16(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static int Little32(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);

    private static ImageHead? Jpeg(ReadOnlySpan<byte> file) => FrameHeader(file) is { } at
        ? From(ImageKind.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(
            file[(at + 5)..]))
        : null;

    /// <summary>Finds the header of the picture, after markers of any number and length.</summary>
    private static int? FrameHeader(ReadOnlySpan<byte> jpeg)
    {
        for (int at = 2; at + 9 < jpeg.Length && jpeg[at] == 0xFF;)
        {
            byte marker = jpeg[at + 1];
            if (marker is 0xFF or 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += marker == 0xFF ? 1 : 2;
                continue;
            }

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return at;
            }

            at += 2 + Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]));
        }

        return null;
    }

    private static ImageHead? Webp(ReadOnlySpan<byte> file)
    {
        const int LossySize = 0x3FFF;
        ReadOnlySpan<byte> chunk = file[12..];
        if (chunk.StartsWith("VP8 "u8))
        {
            return From(ImageKind.Webp, Little16(file, 26) & LossySize, Little16(file, 28) & LossySize);
        }

        if (chunk.StartsWith("VP8L"u8))
        {
            int bits = Little32(file, 21);
            return From(ImageKind.Webp, (bits & LossySize) + 1, ((bits >> 14) & LossySize) + 1);
        }

        return chunk.StartsWith("VP8X"u8)
            ? From(ImageKind.Webp, (Little32(file, 24) & 0xFFFFFF) + 1, (Little32(file, 26) >>> 8) + 1)
            : null;
    }

    private static ImageHead? Bmp(ReadOnlySpan<byte> file) => Little32(file, 14) == 12
        ? From(ImageKind.Bmp, Little16(file, 18), Little16(file, 20))
        : From(ImageKind.Bmp, Little32(file, 18), Math.Abs((long)Little32(file, 22)));
}
