using Hutch.Formats.Zarr;

namespace Hutch.Formats.AreaDetectors;

/// <summary>
/// An image of a mar345 scanner: a header of 4096 bytes, a table of the pixels above 16 bits, and the others packed. Format: "The mar345
/// image formats" (marresearch). Images in the spiral order of the scan are refused.
/// </summary>
internal static class MarFile
{
    private const int HeaderBytes = 4096;
    private const int Stamp = 1234;
    private const int Packed = 1;
    private const int RecordBytes = 8;
    private const int RecordsInBlock = 8;
    private const int MaxSide = 4096;
    private const int TextAt = 128;

    public static bool IsMar(ReadOnlySpan<byte> head) =>
        head.Length >= 256 && (BinaryPrimitives.ReadInt32LittleEndian(head) == Stamp || BinaryPrimitives.ReadInt32BigEndian(head) == Stamp)
        && head[..256].IndexOf("mar research"u8) > 0;

    public static IZarrArray Open(IFileBytes file)
    {
        if (file.Length < HeaderBytes)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} ends inside its header.").ToException();
        }

        byte[] head = new byte[HeaderBytes];
        file.Read(0, head);
        bool isBigEndian = BinaryPrimitives.ReadInt32LittleEndian(head) != Stamp;
        int[] words = [.. Enumerable.Range(0, 16).Select(word => isBigEndian
            ? BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(word * 4))
            : BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(word * 4)))];
        (int columns, int high, int pixels) = (words[1], words[2], words[5]);
        if (words[3] != Packed)
        {
            throw ErrorCode.Unprocessable.With($"{file.Name} is a mar345 image of kind {words[3]}; packed ones (kind 1) are read.")
                .ToException();
        }

        if (columns is < 1 or > MaxSide || pixels < columns || pixels / columns > MaxSide || pixels % columns != 0
            || high < 0 || high > pixels)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} says that it has {pixels} pixels in rows of {columns}.").ToException();
        }

        int rows = pixels / columns;
        long tableBytes = (long)(high + RecordsInBlock - 1) / RecordsInBlock * RecordsInBlock * RecordBytes;
        byte[] packed = new byte[(int)Math.Min(int.MaxValue / 2, Math.Max(0, file.Length - HeaderBytes - tableBytes))];
        file.Read(HeaderBytes + tableBytes, packed);
        byte[] numbers = PackedImage.Unpack(file.Name, packed, columns, rows);
        Patch(file, high, isBigEndian, numbers);
        return new DetectorImage(new MemoryBytes(file.Name, numbers), 0, "<u4", sizeof(uint), [rows, columns])
        {
            Header = Lines(head),
            PixelMillimetres = words[6] > 0 && words[7] > 0 ? (words[7] / 1000.0, words[6] / 1000.0) : null,
        }.ToArray();
    }

    /// <summary>Puts the pixels above 16 bits in their places, which are counted from 1.</summary>
    private static void Patch(IFileBytes file, int count, bool isBigEndian, byte[] numbers)
    {
        byte[] table = new byte[count * RecordBytes];
        file.Read(HeaderBytes, table);
        for (int i = 0; i < count; i++)
        {
            Span<byte> record = table.AsSpan(i * RecordBytes, RecordBytes);
            (int place, int value) = isBigEndian
                ? (BinaryPrimitives.ReadInt32BigEndian(record), BinaryPrimitives.ReadInt32BigEndian(record[4..]))
                : (BinaryPrimitives.ReadInt32LittleEndian(record), BinaryPrimitives.ReadInt32LittleEndian(record[4..]));
            if (place < 1 || place > numbers.Length / sizeof(uint))
            {
                throw ErrorCode.UnreadableFile.With($"{file.Name} has a damaged table of high pixels.").ToException();
            }

            BinaryPrimitives.WriteInt32LittleEndian(numbers.AsSpan((place - 1) * sizeof(uint)), value);
        }
    }

    /// <summary>The lines of text of the header, each a key and its value.</summary>
    private static Dictionary<string, string> Lines(ReadOnlySpan<byte> head)
    {
        Dictionary<string, string> lines = new(StringComparer.Ordinal);
        foreach (string line in Encoding.Latin1.GetString(head[TextAt..]).Split('\n'))
        {
            string[] parts = line.Trim('\0', ' ', '\r').Split(' ', 2, StringSplitOptions.TrimEntries);
            if (parts is ["END", ..])
            {
                break;
            }

            if (parts is [{ Length: > 0 } key, var value])
            {
                lines[key] = value;
            }
        }

        return lines;
    }

    private sealed class MemoryBytes(string name, byte[] bytes) : IFileBytes
    {
        public string Name => name;

        public long Length => bytes.Length;

        public void Read(long offset, Span<byte> destination) => bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }
}
