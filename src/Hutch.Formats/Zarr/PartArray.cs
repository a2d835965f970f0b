using Hutch.Formats.Arrays;

namespace Hutch.Formats.Zarr;

/// <summary>
/// A part of an array, as an array of its own: a slice, a box, each n-th value. Its chunks are not packed, and are cut so that what the
/// file is looked through for one of them is bounded too.
/// </summary>
internal sealed class PartArray : IZarrArray
{
    /// <summary>So many bytes of the whole a chunk may reach across; a single line may be longer.</summary>
    public const long ReachBytes = 256 << 20;

    private readonly IZarrArray _whole;
    private readonly ArraySelection _part;
    private readonly int _itemBytes;

    // The axes that have more than an index, and their chunks, in the order of the numbers: slowest first.
    private readonly int[] _axes;
    private readonly long[] _chunk;

    public PartArray(IZarrArray whole, string selection)
    {
        _whole = whole;
        _itemBytes = NumpyHeader.ItemBytesOf(whole.Layout.DataType)
            ?? throw ErrorCode.Unprocessable.With($"Values of the type {whole.Layout.DataType} are not given in parts.").ToException();
        _part = ArraySelection.Parse(selection, whole.Layout.Shape);
        _axes = InOrder([.. Enumerable.Range(0, _part.Count.Length).Where(axis => _part.IsKept[axis])]);
        _chunk = Chunk();
        Layout = new ZarrLayout
        {
            Shape = _part.Shape,
            Chunks = InOrder(_chunk),
            DataType = whole.Layout.DataType,
            IsColumnMajor = whole.Layout.IsColumnMajor,
        };
    }

    public ZarrLayout Layout { get; }

    public void WriteAttributes(Utf8JsonWriter json) => _whole.WriteAttributes(json);

    public byte[] Read(IReadOnlyList<long> index, int maxBytes)
    {
        long bytes = _chunk.Aggregate((long)_itemBytes, static (product, length) => checked(product * length));
        ChunkShape.RequireAtMost(maxBytes, bytes);

        long[] at = InOrder([.. index]);
        (ulong[] start, ulong[] count) = ([.. _part.Start], [.. _part.Count]);
        for (int i = 0; i < _axes.Length; i++)
        {
            ulong first = (ulong)(at[i] * _chunk[i]);
            start[_axes[i]] += first * _part.Step[_axes[i]];
            count[_axes[i]] = Math.Min((ulong)_chunk[i], _part.Count[_axes[i]] - first);
        }

        byte[] values = _whole.Read(new ArraySelection(start, _part.Step, count, _part.IsKept), maxBytes);

        // Only the first axis with several chunks can end inside one, so that the missing part is at the end.
        Array.Resize(ref values, (int)bytes);
        return values;
    }

    public byte[] Read(ArraySelection part, int maxBytes) =>
        throw new NotSupportedException("A part of a part is a part of the whole: nobody asks for it.");

    private long[] Chunk()
    {
        long[] chunk = ChunkShape.For([.. _axes.Select(axis => (long)_part.Count[axis])], _itemBytes);
        for (int i = 0; i < chunk.Length; i++)
        {
            double reach = _itemBytes;
            for (int inner = i; inner < chunk.Length; inner++)
            {
                reach *= (double)chunk[inner] * _part.Step[_axes[inner]];
            }

            chunk[i] = reach <= ReachBytes ? chunk[i] : Math.Max(1, (long)(chunk[i] * ReachBytes / reach));
        }

        return chunk;
    }

    private T[] InOrder<T>(T[] axes) => _whole.Layout.IsColumnMajor ? [.. axes.Reverse()] : axes;
}
