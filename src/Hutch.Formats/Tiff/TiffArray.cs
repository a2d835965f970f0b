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
    private const int MaxPages = 100_000;
    private const int ReducedImage = 1;

    private readonly TiffBytes _file;
    private readonly TiffPage _first;
    private readonly List<ulong> _pages = [];
    private readonly int _leftOut;
    private readonly int _chunkRows;
    private readonly int _chunkColumns;

    private TiffArray(TiffBytes file)
    {
        _file = file;
        var seen = new HashSet<ulong>();
        TiffPage? first = null;
        for (ulong at = file.FirstDirectory; at != 0;)
        {
            if (!seen.Add(at))
            {
                throw file.Unreadable("has a list of pages that goes round in a circle").ToException();
            }

            if (seen.Count > MaxPages)
            {
                throw ErrorCode.TooLarge.With($"{file.Name} has more than {MaxPages} pages; so many are not read.").ToException();
            }

            var directory = new TiffDirectory(file, at);
            bool isPicture = ((directory.Number(TiffTag.NewSubfileType) ?? 0) & ReducedImage) == 0;
            first ??= isPicture ? TiffPage.Read(file, directory) : null;
            bool isTaken = isPicture && (_pages.Count == 0 || TiffPage.Read(file, directory).IsLike(first!));
            _pages.AddRange(isTaken ? [at] : []);
            _leftOut += isTaken ? 0 : 1;
            at = directory.Next;
        }

        _first = first ?? throw file.Unreadable("has no page").ToException();
        (_chunkRows, _chunkColumns) = Chunk(_first);
        Layout = Describe();
    }

    public ZarrLayout Layout { get; }

    public static IZarrArray Open(IFileBytes file) => new TiffArray(new TiffBytes(file));

    public void WriteAttributes(Utf8JsonWriter json)
    {
        var directory = new TiffDirectory(_file, _pages[0]);
        json.WriteStartObject();
        json.WriteNumber("photometric", directory.Number(TiffTag.Photometric) ?? 1);
        json.WriteNumber("pages_left_out", _leftOut);
        json.WriteString("description", directory.Text(TiffTag.Description));
        json.WriteString("software", directory.Text(TiffTag.Software));
        json.WriteEndObject();
    }

    public byte[]? Read(IReadOnlyList<long> index, int maxBytes)
    {
        var page = TiffPage.Read(_file, new TiffDirectory(_file, _pages[(int)index[0]]));
        int plane = page.IsPlanar ? (int)index[1] : 0;
        int rowAxis = page.IsPlanar ? 2 : 1;
        long bytes = (long)_chunkRows * _chunkColumns * page.PixelBytes;
        ChunkShape.RequireAtMost(maxBytes, bytes);

        var chunk = new TiffWindow(
            _file, page, (int)index[rowAxis] * _chunkRows, (int)index[rowAxis + 1] * _chunkColumns, _chunkRows, _chunkColumns);
        return chunk.Read(plane, maxBytes);
    }

    public byte[] Read(ArraySelection part, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(part);
        byte[] values = new byte[checked(part.Values * _first.ItemBytes)];
        int at = 0;
        foreach (int number in Indices(part, 0))
        {
            var page = TiffPage.Read(_file, new TiffDirectory(_file, _pages[number]));
            foreach (int plane in page.IsPlanar ? Indices(part, 1) : [0])
            {
                at += ReadPart(page, plane, part, values.AsSpan(at), maxBytes);
            }
        }

        return values;
    }

    /// <summary>Reads the part of a page, by bands of rows that meet each piece once.</summary>
    private int ReadPart(TiffPage page, int plane, ArraySelection part, Span<byte> values, int maxBytes)
    {
        int rowAxis = page.IsPlanar ? 2 : 1;
        int[] columns = [.. Indices(part, rowAxis + 1)];
        int[] samples = page.IsPlanar || page.Samples == 1 ? [0] : [.. Indices(part, rowAxis + 2)];
        int at = 0;
        foreach (IGrouping<int, int> band in columns.Length == 0 ? [] : Indices(part, rowAxis).GroupBy(row => row / _chunkRows))
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
        List<long> shape = [_pages.Count, _first.Rows, _first.Columns];
        List<long> chunks = [1, _chunkRows, _chunkColumns];
        if (_first.Samples > 1)
        {
            int axis = _first.IsPlanar ? 1 : shape.Count;
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
