using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Writes numbers as baseline TIFF 6.0, one page a picture, uncompressed, with the directories before the numbers.</summary>
internal static class TiffFile
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 12;
    private const int Entries = 11;
    private const int DirectoryBytes = 2 + (Entries * EntryBytes) + 4;
    private const int MaxPages = 100_000;

    private const ushort Short = 3;
    private const ushort Long = 4;

    /// <summary>Returns the number of bytes before the numbers.</summary>
    public static int HeadBytes(IReadOnlyList<long> shape) => checked(HeaderBytes + (Pages(shape) * DirectoryBytes));

    /// <summary>Writes what comes before the numbers: an array of two axes is a picture, one of more is many.</summary>
    public static void WriteHead(Span<byte> file, TypeTree type, IReadOnlyList<long> shape)
    {
        "II*\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file[4..], HeaderBytes);
        int pages = Pages(shape);
        (uint rows, uint columns) = (checked((uint)shape[^2]), checked((uint)shape[^1]));
        uint pageBytes = checked(rows * columns * (uint)type.Size);
        uint numbers = (uint)HeadBytes(shape);
        for (int page = 0; page < pages; page++)
        {
            int at = HeaderBytes + (page * DirectoryBytes);
            uint next = page + 1 < pages ? (uint)(at + DirectoryBytes) : 0;
            uint first = checked(numbers + ((uint)page * pageBytes));
            WriteDirectory(file.Slice(at, DirectoryBytes), type, rows, columns, first, pageBytes, next);
        }
    }

    private static int Pages(IReadOnlyList<long> shape)
    {
        long pages = shape.Count < 2 ? 0 : shape.SkipLast(2).Aggregate(1L, static (product, length) => checked(product * length));
        return pages is > 0 and <= MaxPages && shape[^1] > 0 && shape[^2] > 0
            ? (int)pages
            : throw ErrorCode.Unprocessable.With(
                $"A TIFF file has pictures: choose an array of two axes, or of at most {MaxPages} such.").ToException();
    }

    private static void WriteDirectory(Span<byte> directory, TypeTree type, uint rows, uint columns, uint at, uint bytes, uint next)
    {
        uint format = type.Class == Hdf5TypeClass.Float ? 3u : (type.Base ?? type).IsSigned ? 2u : 1u;
        BinaryPrimitives.WriteUInt16LittleEndian(directory, Entries);
        Span<byte> rest = directory[2..];
        Add(ref rest, 256, Long, columns);
        Add(ref rest, 257, Long, rows);
        Add(ref rest, 258, Short, (uint)type.Size * 8);
        Add(ref rest, 259, Short, 1); // not compressed
        Add(ref rest, 262, Short, 1); // black is zero
        Add(ref rest, 273, Long, at);
        Add(ref rest, 277, Short, 1); // samples per pixel
        Add(ref rest, 278, Long, rows);
        Add(ref rest, 279, Long, bytes);
        Add(ref rest, 284, Short, 1); // not planar
        Add(ref rest, 339, Short, format);
        BinaryPrimitives.WriteUInt32LittleEndian(rest, next);
    }

    private static void Add(ref Span<byte> rest, ushort tag, ushort type, uint value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(rest, tag);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], type);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[8..], value);
        rest = rest[EntryBytes..];
    }
}
