using Hutch.Formats.Arrays;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Tiff;

/// <summary>
/// The pages of a TIFF file, or of a BigTIFF, as an array: pages, rows, columns, and samples where a pixel has several. Pages that are not
/// like the first (small pictures of it, labels) are left out. Format: TIFF 6.0,
/// https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf.
/// </summary>
internal sealed class TiffArray : IZarrArray
{
    private readonly TiffBytes _file;
    private readonly TiffPages _pages;
    private readonly TiffPage _first;
    private readonly int _chunkRows;
    private readonly int _chunkColumns;

    // The axis of the planes of a page, if it has planes, and that of its rows.
    private readonly int _planeAxis;
    private readonly int _rowAxis;

    private TiffArray(TiffBytes file)
    {
        _file = file;
        _pages = TiffPages.Read(file);
        _first = _pages.First;
        _planeAxis = _pages.Axes.Length;
        _rowAxis = _planeAxis + (_first.IsPlanar ? 1 : 0);
        (_chunkRows, _chunkColumns) = Chunk(_first);
        Layout = Describe();
    }

    public ZarrLayout Layout { get; }

    public double? NoData => _first.NoData?.Value;

    public PixelColours Colours => TiffColours.Read(_first, _pages.FirstDirectory);

    public static IZarrArray Open(IFileBytes file) => new TiffArray(new TiffBytes(file));

    public void WriteAttributes(Utf8JsonWriter json)
    {
        TiffDirectory directory = _pages.FirstDirectory;
        json.WriteStartObject();
        json.WriteNumber("photometric", _first.Photometric);
        json.WriteString("compression", TiffCompressions.NameOf(_first.Compression));
        json.WriteNumber("pages_left_out", _pages.LeftOut);
        _first.NoData?.Write(json);
        json.WriteString("description", directory.Text(TiffTag.Description));
        json.WriteString("software", directory.Text(TiffTag.Software));
        if (_first.Compression == TiffCompression.Eer)
        {
            json.WriteString("metadata", directory.Text(TiffTag.EerMetadata));
        }

        json.WriteNotes(TiffColours.HasPalette(_first) ? [.. _pages.Notes, TiffColours.PaletteNote] : _pages.Notes);
        json.WriteEndObject();
    }

    public byte[]? Read(IReadOnlyList<long> index, int maxBytes)
    {
        TiffPage page = _pages[PageOf(axis => index[axis])];
        int plane = page.IsPlanar ? (int)index[_planeAxis] : 0;
        long bytes = (long)_chunkRows * _chunkColumns * page.PixelBytes;
        ChunkShape.RequireAtMost(maxBytes, bytes);

        var chunk = new TiffWindow(
            _file, page, (int)index[_rowAxis] * _chunkRows, (int)index[_rowAxis + 1] * _chunkColumns, _chunkRows, _chunkColumns);
        return chunk.Read(plane, maxBytes);
    }

    public byte[] Read(ArraySelection part, int maxBytes)
    {
        byte[] values = new byte[checked(part.Values * _first.ItemBytes)];
        long[] at = new long[_planeAxis];
        int filled = 0;
        for (bool isMore = values.Length > 0; isMore; isMore = Next(at, part))
        {
            TiffPage page = _pages[PageOf(axis => (long)part.Start[axis] + (at[axis] * (long)part.Step[axis]))];
            foreach (int plane in page.IsPlanar ? Indices(part, _planeAxis) : [0])
            {
                filled += ReadPart(page, plane, part, values.AsSpan(filled), maxBytes);
            }
        }

        return values;
    }

    /// <summary>Goes to the next page of a part; false after the last.</summary>
    private static bool Next(long[] at, ArraySelection part)
    {
        for (int axis = at.Length - 1; axis >= 0; axis--)
        {
            if (++at[axis] < (long)part.Count[axis])
            {
                return true;
            }

            at[axis] = 0;
        }

        return false;
    }

    private long PageOf(Func<int, long> index)
    {
        long page = 0;
        for (int axis = 0; axis < _planeAxis; axis++)
        {
            page = (page * _pages.Axes[axis]) + index(axis);
        }

        return page;
    }

    /// <summary>Reads the part of a page, by bands of rows that meet each piece once.</summary>
    private int ReadPart(TiffPage page, int plane, ArraySelection part, Span<byte> values, int maxBytes)
    {
        int[] columns = [.. Indices(part, _rowAxis + 1)];
        int[] samples = page.SamplesInPlane == 1 ? [0] : [.. Indices(part, _rowAxis + 2)];
        int at = 0;
        foreach (IGrouping<int, int> band in columns.Length == 0 ? [] : Indices(part, _rowAxis).GroupBy(row => row / _chunkRows))
        {
            int[] rows = [.. band];
            int width = columns[^1] - columns[0] + 1;
            byte[] pixels = new TiffWindow(_file, page, rows[0], columns[0], rows[^1] - rows[0] + 1, width).Read(plane, maxBytes);
            foreach (int row in rows)
            {
                foreach (int column in columns)
                {
                    int pixel = (((row - rows[0]) * width) + column - columns[0]) * page.PixelBytes;
                    foreach (int sample in samples)
                    {
                        pixels.AsSpan(pixel + (sample * page.ItemBytes), page.ItemBytes).CopyTo(values[at..]);
                        at += page.ItemBytes;
                    }
                }
            }
        }

        return at;
    }

    private static IEnumerable<int> Indices(ArraySelection part, int axis) =>
        Enumerable.Range(0, (int)part.Count[axis]).Select(i => (int)part.Start[axis] + (i * (int)part.Step[axis]));

    private ZarrLayout Describe()
    {
        List<long> shape = [.. _pages.Axes, _first.Rows, _first.Columns];
        List<long> chunks = [.. _pages.Axes.Select(static _ => 1L), _chunkRows, _chunkColumns];
        if (_first.Samples > 1)
        {
            int axis = _first.IsPlanar ? _planeAxis : shape.Count;
            shape.Insert(axis, _first.Samples);
            chunks.Insert(axis, _first.IsPlanar ? 1 : _first.Samples);
        }

        return new ZarrLayout { Shape = shape, Chunks = chunks, DataType = _first.Type };
    }

    /// <summary>A page is a chunk, unless it is very large: then pieces are, of strips as many as make about 8 MiB.</summary>
    private static (int Rows, int Columns) Chunk(TiffPage page)
    {
        if ((double)page.Rows * page.Columns * page.PixelBytes <= ChunkShape.LargestImageBytes)
        {
            return (page.Rows, page.Columns);
        }

        if (page.IsTiled)
        {
            return (page.PieceRows, page.PieceColumns);
        }

        // Strips that are not packed can be cut between any two rows.
        int unit = page.Compression == TiffCompression.None ? 1 : page.PieceRows;
        double unitBytes = (double)unit * page.Columns * page.PixelBytes;
        return ((int)Math.Min(page.Rows, unit * Math.Max(1, (long)(ChunkShape.UsualBytes / unitBytes))), page.Columns);
    }
}
