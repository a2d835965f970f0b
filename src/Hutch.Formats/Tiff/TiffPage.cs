namespace Hutch.Formats.Tiff;

/// <summary>The storage of a page's pixels: in strips of whole rows or in tiles, each packed separately, here called pieces.</summary>
internal sealed record TiffPage
{
    private const int MaxSamples = ushort.MaxValue;
    private const int SeparatePlanes = 2;
    private const int Rgb = 2;
    private const int YCbCr = 6;

    // No compression makes more of a piece, as a rule.
    private const int MostOfUnpacked = 2;
    private const int SmallPiece = 4096;

    private TiffDirectory Directory { get; init; } = null!;

    /// <summary>Pixels from top to bottom.</summary>
    public required int Rows { get; init; }

    /// <summary>Pixels from left to right.</summary>
    public required int Columns { get; init; }

    /// <summary>Numbers of a pixel.</summary>
    public required int Samples { get; init; }

    public bool IsPlanar { get; init; }

    /// <summary>The type of its numbers, with their bits in the file and their bytes here.</summary>
    public required TiffSample Sample { get; init; }

    public TiffCompression Compression { get; init; }

    /// <summary>The coding of electrons, if the compression is that of EER.</summary>
    public EerCoding Electrons { get; init; }

    /// <summary>The tables and colours of its JPEG streams, if that is the compression.</summary>
    public TiffJpeg? Jpeg { get; init; }

    public TiffPredictor Predictor { get; init; }

    /// <summary>The photometric tag that fits the numbers here: YCbCr becomes RGB.</summary>
    public ulong Photometric { get; init; }

    /// <summary>True if the first pixel is in the lowest bit of a byte.</summary>
    public bool IsReversed { get; init; }

    public required int PieceRows { get; init; }

    public required int PieceColumns { get; init; }

    /// <summary>True if pieces are tiles, which are whole even at the edges.</summary>
    public bool IsTiled { get; init; }

    /// <summary>Added to the places in the file, if pages follow each other that have one directory.</summary>
    public ulong Shift { get; init; }

    /// <summary>The value of pixels without data, if the file names one.</summary>
    public TiffNoData? NoData { get; init; }

    public string Type => Sample.Type;

    public int ItemBytes => Sample.Bytes;

    /// <summary>Bytes of a pixel in a plane.</summary>
    public int PixelBytes => ItemBytes * SamplesInPlane;

    public int SamplesInPlane => IsPlanar ? 1 : Samples;

    /// <summary>Bytes of a row of a piece, as the file has it after unpacking.</summary>
    public long StoredRowBytes => (((long)PieceColumns * SamplesInPlane * Sample.Bits) + 7) / 8;

    /// <summary>The bytes of all numbers, not packed.</summary>
    public double StoredBytes => (double)StoredRowBytes * Rows * (Samples / SamplesInPlane);

    private TiffTag OffsetTag => Directory.Count(TiffTag.TileOffsets) > 0 ? TiffTag.TileOffsets : TiffTag.StripOffsets;

    private TiffTag CountTag => Directory.Count(TiffTag.TileByteCounts) > 0 ? TiffTag.TileByteCounts : TiffTag.StripByteCounts;

    private long PiecesAcross => Ceiling(Columns, PieceColumns);

    private long PiecesInPlane => PiecesAcross * Ceiling(Rows, PieceRows);

    /// <summary>Returns true if another page is of the same kind, with any compression.</summary>
    public bool IsLike(TiffPage other) => (Rows, Columns, Samples, IsPlanar, Type) ==
        (other.Rows, other.Columns, other.Samples, other.IsPlanar, other.Type);

    /// <summary>Reads how the pixels of a page are stored.</summary>
    /// <exception cref="HutchException">That cannot be, or is not read.</exception>
    public static TiffPage Read(TiffBytes file, TiffDirectory directory)
    {
        int Number(TiffTag tag, int otherwise) => directory.Number(tag) is not { } value ? otherwise
            : value is > 0 and <= int.MaxValue ? (int)value
            : throw file.Unreadable($"has a page whose tag {(int)tag} is {value}").ToException();
        int samples = Number(TiffTag.SamplesPerPixel, 1);
        int columns = Number(TiffTag.Columns, 0);
        int rows = Number(TiffTag.Rows, 0);
        if (columns == 0 || rows == 0 || samples > MaxSamples)
        {
            throw file.Unreadable($"has a page of {rows} x {columns} pixels of {samples} samples").ToException();
        }

        bool isTiled = directory.Number(TiffTag.TileColumns) is not null;
        TiffCompression compression = TiffCompressions.Of(file, Number(TiffTag.Compression, 1));
        bool isYCbCr = directory.Number(TiffTag.Photometric) == YCbCr;
        if ((isYCbCr && compression != TiffCompression.Jpeg) || Number(TiffTag.Depth, 1) > 1)
        {
            throw file.NotRead(Number(TiffTag.Depth, 1) > 1 ? "has pages of several planes" : "has colours in YCbCr").ToException();
        }

        TiffSample sample = compression == TiffCompression.Eer ? TiffSample.Electrons : TiffSample.Read(file, directory, samples);
        bool isPlanar = samples > 1 && Number(TiffTag.Planes, 1) == SeparatePlanes;
        ulong stripRows = directory.Number(TiffTag.RowsPerStrip) ?? 0;
        return new TiffPage
        {
            Directory = directory,
            Rows = rows,
            Columns = columns,
            Samples = samples,
            IsPlanar = isPlanar,
            Sample = sample,
            Compression = compression,
            Electrons = compression == TiffCompression.Eer ? EerCoding.Read(file, directory) : default,
            Jpeg = compression == TiffCompression.Jpeg ? ReadJpeg(file, directory, sample, isPlanar ? 1 : samples) : null,
            Photometric = isYCbCr ? Rgb : directory.Number(TiffTag.Photometric) ?? 1,
            NoData = TiffNoData.Parse(directory.Text(TiffTag.GdalNoData), sample.Type),
            Predictor = TiffCompressions.PredictorOf(file, compression, Number(TiffTag.Predictor, 1), sample),
            IsReversed = compression is not (TiffCompression.Eer or TiffCompression.Jpeg) && Number(TiffTag.FillOrder, 1) == 2,
            IsTiled = isTiled,
            PieceRows = isTiled ? Number(TiffTag.TileRows, 0) : stripRows == 0 || stripRows > (ulong)rows ? rows : (int)stripRows,
            PieceColumns = isTiled ? Number(TiffTag.TileColumns, 0) : columns,
        }.Checked(file);
    }

    private static TiffJpeg ReadJpeg(TiffBytes file, TiffDirectory directory, TiffSample sample, int samples)
    {
        ulong colours = directory.Number(TiffTag.Photometric) ?? 1;
        return (sample.Type, samples, colours) is ("|u1", 1, not YCbCr) or ("|u1", 3, Rgb or YCbCr) && !sample.IsPackedBits
            ? new TiffJpeg(file, directory, samples, colours == YCbCr)
            : throw file.NotRead($"is packed by JPEG with {samples} samples of {sample.Bits} bits in the colours {colours}").ToException();
    }

    /// <summary>Returns the place of a piece and its length as far as that counts; zeros for a piece that was never written.</summary>
    public (ulong Offset, ulong Bytes) Find(TiffBytes file, int plane, int pieceRow, int pieceColumn)
    {
        long index = (plane * PiecesInPlane) + (pieceRow * PiecesAcross) + pieceColumn;
        bool isOne = IsOnePiece;
        ulong at = Directory.Number(OffsetTag, isOne ? 0 : (ulong)index)
            ?? throw file.Unreadable("does not say where all its pixels are").ToException();
        ulong? count = Directory.Number(CountTag, (ulong)index);
        if (at == 0)
        {
            return (0, 0); // the head of the file is there
        }

        ulong offset = at + Shift + (isOne ? (ulong)(plane * StoredRowBytes * Rows) : 0);
        ulong left = offset < file.Length ? file.Length - offset : 0;

        // A count that is missing, zero or past the end says nothing.
        ulong most = (ulong)((MostOfUnpacked * (double)StoredRowBytes * PieceRows) + SmallPiece);
        return (offset, Math.Min(count is null or 0 || isOne ? most : count.Value, Math.Max(left, 1)));
    }

    /// <summary>
    /// Returns the page with its numbers as one piece, if its pieces follow each other without gaps; null if they do not.
    /// </summary>
    public TiffPage? AsOnePiece(TiffBytes file)
    {
        if (Compression != TiffCompression.None || IsTiled || StoredBytes > long.MaxValue)
        {
            return null;
        }

        ulong pieces = (ulong)PiecesInPlane * (ulong)(Samples / SamplesInPlane);
        for (ulong i = 1; i < pieces && !IsOnePiece; i++)
        {
            ulong bytes = (ulong)(StoredRowBytes * Math.Min(PieceRows, Rows - ((long)((i - 1) % (ulong)PiecesInPlane) * PieceRows)));
            if (Directory.Number(OffsetTag, i) != Directory.Number(OffsetTag, i - 1) + bytes)
            {
                return null;
            }
        }

        return Directory.Number(OffsetTag) is null or 0 ? null : this with { PieceRows = Rows, IsContiguous = true };
    }

    /// <summary>Returns the bytes that the file has from the first pixel on.</summary>
    public ulong BytesFromStart(TiffBytes file) => Directory.Number(OffsetTag) is { } at && at < file.Length ? file.Length - at : 0;

    /// <summary>True if the pieces are one range of the file: by the caller's word, or because the file gives one place only.</summary>
    private bool IsOnePiece => IsContiguous || (Compression == TiffCompression.None && !IsTiled && Directory.Count(OffsetTag) == 1);

    private bool IsContiguous { get; init; }

    private static long Ceiling(long length, long piece) => (length + piece - 1) / piece;

    private TiffPage Checked(TiffBytes file)
    {
        if (PieceRows <= 0 || PieceColumns <= 0)
        {
            throw file.Unreadable("has tiles without a size").ToException();
        }

        if (!IsTiled && Samples == SamplesInPlane && Directory.Count(OffsetTag) == 1)
        {
            return this with { PieceRows = Rows };
        }

        return IsOnePiece ? this with { PieceRows = Rows } : this;
    }
}
