namespace Hutch.Formats.Thumbnails;

/// <summary>
/// The orientation of a camera: a thumbnail is turned as in browsers. Tag 274 of Exif, in the first block of a JPEG file.
/// </summary>
internal static class Orientation
{
    private const int Tag = 0x0112;
    private const int MaxEntries = 1000;

    /// <summary>The number of Exif, 1 to 8; 1 for what says none.</summary>
    public static int Read(ReadOnlySpan<byte> jpeg)
    {
        for (int at = 2; at + 4 < jpeg.Length && jpeg[at] == 0xFF && jpeg[at + 1] is >= 0xE0 and <= 0xEF;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            ReadOnlySpan<byte> block = jpeg.Slice(at + 4, Math.Clamp(length - 2, 0, jpeg.Length - at - 4));
            if (block.StartsWith("Exif\0\0"u8))
            {
                return OfTiff(block[6..]);
            }

            at += 2 + Math.Max(2, length);
        }

        return 1;
    }

    /// <summary>Returns the position in the file of a pixel of the turned picture.</summary>
    public static (int X, int Y) Source(int orientation, int x, int y, int columns, int rows) => orientation switch
    {
        2 => (columns - 1 - x, y),
        3 => (columns - 1 - x, rows - 1 - y),
        4 => (x, rows - 1 - y),
        5 => (y, x),
        6 => (y, rows - 1 - x),
        7 => (columns - 1 - y, rows - 1 - x),
        8 => (columns - 1 - y, x),
        _ => (x, y),
    };

    public static bool IsOnItsSide(int orientation) => orientation is >= 5 and <= 8;

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
        {
            return 1;
        }

        bool isBig = tiff[0] == (byte)'M';
        uint first = isBig ? BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]);
        for (int entry = 0; entry < MaxEntries && first + 2L + ((entry + 1) * 12L) <= tiff.Length; entry++)
        {
            ReadOnlySpan<byte> bytes = tiff.Slice((int)first + 2 + (entry * 12), 12);
            if (Number(bytes) == Tag)
            {
                return Number(bytes[8..]) is >= 1 and <= 8 and var orientation ? orientation : 1;
            }
        }

        return 1;

        int Number(ReadOnlySpan<byte> at) =>
            isBig ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
    }
}
