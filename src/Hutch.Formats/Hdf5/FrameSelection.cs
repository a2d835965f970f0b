using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>Which whole images a data-space selection names: one list of indices for each dimension before rows and columns.</summary>
internal sealed class FrameSelection
{
    private readonly uint[][] _indices;

    private FrameSelection(ulong[] shape, uint[][] indices)
    {
        Shape = shape;
        _indices = indices;
    }

    /// <summary>The lengths of the space that was selected from.</summary>
    public ulong[] Shape { get; }

    /// <summary>Images selected.</summary>
    public long Count => _indices.Aggregate(1L, static (product, list) => product * list.Length);

    /// <summary>Image and channel number of the selected images, in the order in which HDF5 pairs selections: last index fastest.</summary>
    public IEnumerable<(uint Image, uint Channel)> Frames()
    {
        uint[] images = _indices.Length > 0 ? _indices[0] : [0];
        uint[] channels = _indices.Length > 1 ? _indices[1] : [0];
        foreach (uint image in images)
        {
            foreach (uint channel in channels)
            {
                yield return (image, channel);
            }
        }
    }

    /// <summary>Reads a selection; null when it is not one of whole images that can be counted.</summary>
    public static unsafe FrameSelection? Read(Hdf5Id space)
    {
        ulong[] shape = Hdf5Dataset.ShapeOf(space);
        int rank = shape.Length;
        if (rank is < 2 or > 2 + FrameStore.MaxLeadingLengths)
        {
            return null;
        }

        ulong[] start = new ulong[rank], stride = new ulong[rank], count = new ulong[rank], block = new ulong[rank];
        switch (Hdf5Library.H5Sget_select_type(space))
        {
            case Hdf5Selection.All:
                Array.Fill(stride, 1UL);
                Array.Fill(count, 1UL);
                shape.CopyTo(block, 0);
                break;
            case Hdf5Selection.Hyperslabs when Hdf5Library.H5Sis_regular_hyperslab(space) > 0:
                fixed (ulong* s = start, t = stride, c = count, b = block)
                {
                    Hdf5Library.Check(Hdf5Library.H5Sget_regular_hyperslab(space, s, t, c, b));
                }

                break;
            default:
                return null;
        }

        uint[][] lists = new uint[rank - 2][];
        for (int i = 0; i < rank; i++)
        {
            uint[]? list = Expand(start[i], stride[i], count[i], block[i], shape[i]);
            if (list is null || (i >= rank - 2 && list.Length != (int)shape[i]))
            {
                return null;
            }

            if (i < lists.Length)
            {
                lists[i] = list;
            }
        }

        return new FrameSelection(shape, lists);
    }

    // Null for selections without end, and for such as reach outside their space.
    private static uint[]? Expand(ulong start, ulong stride, ulong count, ulong block, ulong length)
    {
        if (length > FrameTable.MaxFrames || count > length || block > length || start > length || stride > length + 1)
        {
            return null;
        }

        var indices = new List<uint>();
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
