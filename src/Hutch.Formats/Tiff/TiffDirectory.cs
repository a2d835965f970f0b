namespace Hutch.Formats.Tiff;

/// <summary>The directory of a page: its fields, by tag. Values are read on request.</summary>
internal sealed class TiffDirectory
{
    private const int MaxEntries = 4096;
    private const int MaxTextBytes = 64 << 10;

    // OME-XML has a line for each image.
    private const int MaxDescriptionBytes = 16 << 20;

    private readonly TiffBytes _file;
    private readonly Dictionary<int, Entry> _entries = [];

    public TiffDirectory(TiffBytes file, ulong offset)
    {
        _file = file;
        int countBytes = file.IsBig ? sizeof(ulong) : sizeof(ushort);
        int entryBytes = 4 + (2 * file.OffsetBytes);
        ulong count = file.ReadNumber(offset, countBytes);
        if (count > MaxEntries)
        {
            throw file.Unreadable($"has a directory of {count} entries").ToException();
        }

        byte[] all = new byte[(int)count * entryBytes];
        ulong first = offset + (ulong)countBytes;
        file.Read(first, all);
        for (int at = 0; at < all.Length; at += entryBytes)
        {
            Span<byte> entry = all.AsSpan(at, entryBytes);
            int type = (int)file.Number(entry[2..], sizeof(ushort));
            ulong values = file.Number(entry[4..], file.OffsetBytes);
            int valueAt = 4 + file.OffsetBytes;
            ulong bytes = Bytes(type) * (UInt128)values > ulong.MaxValue ? ulong.MaxValue : Bytes(type) * values;
            ulong where = bytes <= (ulong)file.OffsetBytes
                ? first + (ulong)(at + valueAt)
                : file.Number(entry[valueAt..], file.OffsetBytes);
            _entries.TryAdd((int)file.Number(entry, sizeof(ushort)), new Entry(type, values, where));
        }

        ulong link = first + (ulong)all.Length;
        Next = file.Length - link >= (ulong)file.OffsetBytes ? file.ReadNumber(link, file.OffsetBytes) : null;
    }

    /// <summary>The offset of the next directory; 0 after the last, null if the file ends inside this number.</summary>
    public ulong? Next { get; }

    public ulong Count(TiffTag tag) => _entries.TryGetValue((int)tag, out Entry entry) ? entry.Count : 0;

    public ulong? Number(TiffTag tag, ulong index = 0)
    {
        if (!_entries.TryGetValue((int)tag, out Entry entry) || index >= entry.Count)
        {
            return null;
        }

        int bytes = (int)Bytes(entry.Type);
        return bytes == 0 || index > (ulong)long.MaxValue / 16
            ? throw _file.Unreadable($"gives the tag {(int)tag} a value of the type {entry.Type}").ToException()
            : _file.ReadNumber(entry.Offset + (index * (ulong)bytes), bytes);
    }

    public string? Text(TiffTag tag) => Count(tag) == 0 ? null : Encoding.UTF8.GetString(Bytes(tag)).TrimEnd('\0');

    /// <summary>Returns the description with all its lines.</summary>
    public string Description() => Encoding.UTF8.GetString(Bytes(TiffTag.Description, MaxDescriptionBytes)).TrimEnd('\0');

    /// <summary>Returns the beginning of a value of bytes; empty if there is none.</summary>
    public byte[] Bytes(TiffTag tag, int maxBytes = MaxTextBytes)
    {
        if (!_entries.TryGetValue((int)tag, out Entry entry))
        {
            return [];
        }

        byte[] bytes = new byte[Math.Min(entry.Count, (ulong)maxBytes)];
        _file.Read(entry.Offset, bytes);
        return bytes;
    }

    // BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE, IFD, -, -, LONG8, SLONG8, IFD8
    private static ulong Bytes(int type) => type switch
    {
        1 or 2 or 6 or 7 => 1,
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 0,
    };

    private readonly record struct Entry(int Type, ulong Count, ulong Offset);
}

/// <summary>The tags that are read: of TIFF 6.0, of MetaMorph, of GDAL, and of EER.</summary>
internal enum TiffTag
{
    NewSubfileType = 254,
    SubfileType = 255,
    Columns = 256,
    Rows = 257,
    BitsPerSample = 258,
    Compression = 259,
    Photometric = 262,
    FillOrder = 266,
    Description = 270,
    StripOffsets = 273,
    SamplesPerPixel = 277,
    RowsPerStrip = 278,
    StripByteCounts = 279,
    Planes = 284,
    Software = 305,
    Predictor = 317,
    ColorMap = 320,
    TileColumns = 322,
    TileRows = 323,
    TileOffsets = 324,
    TileByteCounts = 325,
    SampleFormat = 339,
    JpegTables = 347,

    // Of other makers.
    Depth = 32997,
    MetaMorphPlanes = 33629,
    GdalNoData = 42113,
    EerMetadata = 65001,
    EerRunBits = 65007,
    EerHorizontalBits = 65008,
    EerVerticalBits = 65009,
}
