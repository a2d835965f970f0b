namespace Hutch.Formats.Tiff;

/// <summary>The storage of a page's pixels: in strips of whole rows or in tiles, each packed separately, here called pieces.</summary>
internal sealed record TiffPage
{
    private const int MaxSamples = 64;
    private const int SeparatePlanes = 2;
    private const int YCbCr = 6;

    private TiffDirectory Directory { get; init; } = null!;

    /// <summary>Pixels from top to bottom.</summary>
    public required int Rows { get; init; }

    /// <summary>Pixels from left to right.</summary>
    public required int Columns { get; init; }

    /// <summary>Numbers of a pixel.</summary>
    public required int Samples { get; init; }

    public bool IsPlanar { get; init; }

    public required string Type { get; init; }

    public required int ItemBytes { get; init; }

    public TiffCompression Compression { get; init; }

    public bool IsDifferenced { get; init; }

    public required int PieceRows { get; init; }

    public required int PieceColumns { get; init; }

    /// <summary>True if pieces are tiles, which are whole even at the edges.</summary>
    public bool IsTiled { get; init; }

    public int Planes => IsPlanar ? Samples : 1;

    /// <summary>Bytes of a pixel in a plane.</summary>
    public int PixelBytes => ItemBytes * (IsPlanar ? 1 : Samples);

    /// <summary>Returns true if another page is of the same kind, with any compression.</summary>
    public bool IsLike(TiffPage other) => (Rows, Columns, Samples, IsPlanar, Type) ==
        (other.Rows, other.Columns, other.Samples, other.IsPlanar, other.Type);

    /// <summary>Reads how the pixels of a page are stored.</summary>
    /// <exception cref="HutchException">That cannot be, or is not read.</exception>
    public static TiffPage Read(TiffBytes file, TiffDirectory directory)
    {
        int Number(TiffTag tag, int otherwise) => directory.Number(tag) is not { } value ? otherwise
            : value is > 0 and <= int.MaxValue ? (int)value
            : throw file.Unreadable($"has a page whose {tag} is {value}").ToException();
        int samples = Number(TiffTag.SamplesPerPixel, 1);
        int columns = Number(TiffTag.Columns, 0);
        int rows = Number(TiffTag.Rows, 0);
        if (columns == 0 || rows == 0 || samples > MaxSamples)
        {
            throw file.Unreadable($"has a page of {rows} x {columns} pixels of {samples} samples").ToException();
        }

        if (directory.Number(TiffTag.Photometric) == YCbCr || Number(TiffTag.FillOrder, 1) != 1)
        {
            throw file.NotRead("has colours in YCbCr, or its bits in reversed order").ToException();
        }

        bool isTiled = directory.Count(TiffTag.TileOffsets) > 0;
        (string type, int itemBytes) = TypeOf(file, directory, samples);
        return new TiffPage
        {
            Directory = directory,
            Rows = rows,
            Columns = columns,
            Samples = samples,
            IsPlanar = samples > 1 && Number(TiffTag.Planes, 1) == SeparatePlanes,
            Type = type,
            ItemBytes = itemBytes,
            Compression = CompressionOf(file, Number(TiffTag.Compression, 1)),
            IsDifferenced = Number(TiffTag.Predictor, 1) switch
            {
                1 => false,
                2 => true,
                int predictor => throw file.NotRead($"has the predictor {predictor}").ToException(),
            },
            IsTiled = isTiled,
            PieceRows = isTiled ? Number(TiffTag.TileRows, 0) : Math.Min(Number(TiffTag.RowsPerStrip, rows), rows),
            PieceColumns = isTiled ? Number(TiffTag.TileColumns, 0) : columns,
        }.Checked(file);
    }

    public (ulong Offset, ulong Bytes) Find(TiffBytes file, int plane, int pieceRow, int pieceColumn)
    {
        long across = Ceiling(Columns, PieceColumns);
        long index = (((plane * Ceiling(Rows, PieceRows)) + pieceRow) * across) + pieceColumn;
        return (
            Directory.Number(IsTiled ? TiffTag.TileOffsets : TiffTag.StripOffsets, (ulong)index),
            Directory.Number(IsTiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts, (ulong)index)) is ({ } offset, { } bytes)
            ? (offset, bytes)
            : throw file.Unreadable("does not say where all its pixels are").ToException();
    }

    private static long Ceiling(long length, long piece) => (length + piece - 1) / piece;

    private TiffPage Checked(TiffBytes file) => PieceRows > 0 && PieceColumns > 0
        ? this
        : throw file.Unreadable("has tiles without a size").ToException();

    private static (string Type, int Bytes) TypeOf(TiffBytes file, TiffDirectory directory, int samples)
    {
        ulong bits = directory.Number(TiffTag.BitsPerSample) ?? 1;
        ulong format = directory.Number(TiffTag.SampleFormat) ?? 1;
        for (ulong i = 1; i < (ulong)samples; i++)
        {
            if ((directory.Number(TiffTag.BitsPerSample, i) ?? bits) != bits
                || (directory.Number(TiffTag.SampleFormat, i) ?? format) != format)
            {
                throw file.NotRead("has samples of different types").ToException();
            }
        }

        char kind = (format, bits) switch
        {
            (1 or 4, 8 or 16 or 32 or 64) => 'u',
            (2, 8 or 16 or 32 or 64) => 'i',
            (3, 16 or 32 or 64) => 'f',
            (6, 64 or 128) => 'c',
            _ => throw file.NotRead($"has samples of {bits} bits in the format {format}").ToException(),
        };
        char order = bits == 8 ? '|' : file.IsBigEndian ? '>' : '<';
        return ($"{order}{kind}{bits / 8}", (int)bits / 8);
    }

    private static TiffCompression CompressionOf(TiffBytes file, int number) => number switch
    {
        1 => TiffCompression.None,
        5 => TiffCompression.Lzw,
        8 or 32946 => TiffCompression.Deflate,
        32773 => TiffCompression.PackBits,
        _ => throw file.NotRead("is packed by " + number switch
        {
            2 or 3 or 4 => "CCITT fax",
            6 or 7 => "JPEG",
            33003 or 33005 or 34712 => "JPEG 2000",
            34887 => "LERC",
            34925 => "LZMA",
            50000 => "Zstandard",
            50001 => "WebP",
            _ => $"compression {number}",
        }).ToException(),
    };
}

internal enum TiffCompression
{
    None,
    Lzw,
    Deflate,
    PackBits,
}
