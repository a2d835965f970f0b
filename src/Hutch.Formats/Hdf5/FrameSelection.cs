using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// A selection of a virtual data set: all of its space, or a regular hyperslab. The space of a source is not in the file, so the
/// selection is worked out against the shape that the source really has.
/// </summary>
internal sealed class FrameSelection
{
    private readonly ulong[]? _start;
    private readonly ulong[] _stride;
    private readonly ulong[] _count;
    private readonly ulong[] _block;

    private FrameSelection(ulong[]? start, ulong[] stride, ulong[] count, ulong[] block)
    {
        _start = start;
        _stride = stride;
        _count = count;
        _block = block;
    }

    public long FirstImage => _start is { Length: > 2 } start ? (long)start[0] : 0;

    /// <summary>Reads a selection; null when it is of another kind, or without end.</summary>
    public static unsafe FrameSelection? Read(Hdf5Id space)
    {
        switch (Hdf5Library.H5Sget_select_type(space))
        {
            case Hdf5Selection.All:
                return new FrameSelection(null, [], [], []);
            case Hdf5Selection.Hyperslabs when Hdf5Library.H5Sis_regular_hyperslab(space) > 0:
                int rank = Hdf5Dataset.ShapeOf(space).Length;
                ulong[] start = new ulong[rank], stride = new ulong[rank], count = new ulong[rank], block = new ulong[rank];
                fixed (ulong* s = start, t = stride, c = count, b = block)
                {
                    Hdf5Library.Check(Hdf5Library.H5Sget_regular_hyperslab(space, s, t, c, b));
                }

                return count.Contains(Hdf5Library.Unlimited) || block.Contains(Hdf5Library.Unlimited)
                    ? null
                    : new FrameSelection(start, stride, count, block);
            default:
                return null;
        }
    }

    /// <summary>
    /// Image and channel number of the images that are selected of a data set of this shape, in the order in which HDF5 pairs
    /// selections: last index fastest. Null when it selects parts of images, or reaches outside.
    /// </summary>
    /// <param name="mayReachBeyond">True to accept images beyond the last one: a source may be shorter than was planned.</param>
    public List<(uint Image, uint Channel)>? Frames(ulong[] shape, bool mayReachBeyond = false)
    {
        if (shape.Length is < 2 or > 2 + FrameStore.MaxLeadingLengths || (_start is not null && _start.Length != shape.Length))
        {
            return null;
        }

        uint[][] indices = new uint[shape.Length][];
        for (int i = 0; i < shape.Length; i++)
        {
            uint[]? list = Indices(i, mayReachBeyond && i == 0 && shape.Length > 2 ? Math.Max(shape[0], EndOfImages) : shape[i]);
            if (list is null || (i >= shape.Length - 2 && list.Length != (int)shape[i]))
            {
                return null;
            }

            indices[i] = list;
        }

        uint[] images = shape.Length > 2 ? indices[0] : [0];
        uint[] channels = shape.Length > 3 ? indices[1] : [0];
        return (long)images.Length * channels.Length > FrameTable.MaxFrames
            ? null
            : [.. images.SelectMany(image => channels.Select(channel => (image, channel)))];
    }

    /// <summary>
    /// The number of selected values of an array of this shape, and their offsets in the order in which HDF5 pairs selections: the last
    /// index varies fastest. Null if the selection reaches outside the array.
    /// </summary>
    public (long Count, IEnumerable<long> Places)? Values(ulong[] shape)
    {
        if (shape.Length == 0 || (_start is not null && _start.Length != shape.Length))
        {
            return null;
        }

        uint[][] indices = new uint[shape.Length][];
        for (int i = 0; i < shape.Length; i++)
        {
            if (Indices(i, shape[i]) is not { } list)
            {
                return null;
            }

            indices[i] = list;
        }

        return (indices.Aggregate(1L, static (product, list) => checked(product * list.Length)), PlacesOf(indices, shape));
    }

    private static IEnumerable<long> PlacesOf(uint[][] indices, ulong[] shape)
    {
        if (indices.Any(static list => list.Length == 0))
        {
            yield break;
        }

        int last = indices.Length - 1;
        int[] at = new int[last];
        while (true)
        {
            long row = 0;
            for (int i = 0; i < last; i++)
            {
                row = (row + indices[i][at[i]]) * (long)shape[i + 1];
            }

            foreach (uint column in indices[last])
            {
                yield return row + column;
            }

            int moved = last - 1;
            for (; moved >= 0 && ++at[moved] == indices[moved].Length; moved--)
            {
                at[moved] = 0;
            }

            if (moved < 0)
            {
                yield break;
            }
        }
    }

    /// <summary>One more than the last image that is selected.</summary>
    private ulong EndOfImages => _start is null || _count[0] == 0 ? 0 : _start[0] + ((_count[0] - 1) * _stride[0]) + _block[0];

    private uint[]? Indices(int dimension, ulong length)
    {
        if (length > FrameTable.MaxFrames)
        {
            return null;
        }

        if (_start is null)
        {
            return Enumerable.Range(0, (int)length).Select(static i => (uint)i).ToArray();
        }

        (ulong start, ulong stride) = (_start[dimension], _stride[dimension]);
        (ulong count, ulong block) = (_count[dimension], _block[dimension]);
        if (count > length || block > length || start > length || (count > 1 && stride > length) || count * block > length)
        {
            return null;
        }

        var indices = new List<uint>((int)(count * block));
        for (ulong i = 0; i < count; i++)
        {
            for (ulong j = 0; j < block; j++)
            {
                ulong index = start + (i * stride) + j;
                if (index >= length)
                {
                    return null;
                }

                indices.Add((uint)index);
            }
        }

        return [.. indices];
    }
}
