using Hutch.Formats.Frames;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Reads a whole array of rows and columns, in our byte order. The library unpacks the filters that it has. Detectors compress their masks
/// with bitshuffle, too; Hutch unpacks that, so that no plug-in is ever loaded.
/// </summary>
internal static unsafe class ArrayReader
{
    private const int LastBuiltInFilter = 6;

    // Lengths of 1 before rows and columns.
    private const int MaxLeadingLengths = 2;

    public static byte[] Read(Hdf5Files files, Hdf5Object item, SeriesArray array)
    {
        Hdf5Dataset dataset = Hdf5Dataset.Describe(item);
        dataset.RefuseExternalStorage();
        byte[] numbers;
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(item.Id));
        if (dataset.Layout == Hdf5Layout.Virtual)
        {
            numbers = new VirtualArray(files).Read(item, type);
        }
        else if (IsReadByLibrary(dataset))
        {
            numbers = new byte[checked(array.Shape[0] * array.Shape[1] * array.Type.Size())];
            Read(item, type, numbers);
        }
        else
        {
            numbers = Unpack(dataset);
        }

        if (dataset.IsBigEndian)
        {
            Turn(numbers, array.Type.Size());
        }

        return numbers;
    }

    /// <summary>True for an array of rows and columns; lengths of 1 before them do not count.</summary>
    public static bool HasRowsAndColumns(ulong[] shape) =>
        shape is [.. var leading, _, _] && leading.Length <= MaxLeadingLengths && Array.TrueForAll(leading, static length => length == 1);

    /// <summary>True if the library can unpack an array without a plug-in.</summary>
    public static bool IsReadByLibrary(Hdf5Dataset dataset) => dataset.Filters.All(static filter => filter.Id <= LastBuiltInFilter);

    /// <summary>Reads all values.</summary>
    public static void Read(Hdf5Object item, Hdf5Id type, Span<byte> numbers)
    {
        fixed (byte* target = numbers)
        {
            Hdf5Library.Check(Hdf5Library.H5Dread(item.Id, type, Hdf5Id.Default, Hdf5Id.Default, Hdf5Id.Default, target));
        }
    }

    /// <exception cref="HutchException">It is packed in a way that is not supported.</exception>
    public static FrameCodec RequireCodec(Hdf5Dataset dataset) => Hdf5Filter.CodecOf(dataset.Filters)
        ?? throw ErrorCode.UnreadableFile.With(
            $"{dataset.Item.Name} is compressed with {Hdf5Filter.Describe(dataset.Filters)}, which is not supported.").ToException();

    /// <summary>Reads an array of rows and columns that the library cannot unpack, as its numbers are in the file.</summary>
    public static byte[] Unpack(Hdf5Dataset dataset)
    {
        FrameCodec codec = RequireCodec(dataset);
        (int size, ulong rows, ulong columns) = (dataset.NumberType!.Value.Size(), dataset.Shape[^2], dataset.Shape[^1]);
        byte[] numbers = new byte[checked((int)(rows * columns) * size)];
        (ulong chunkRows, ulong chunkColumns) = (dataset.Chunk[^2], dataset.Chunk[^1]);
        if (chunkRows * chunkColumns > int.MaxValue / (ulong)size)
        {
            throw ErrorCode.UnreadableFile.With($"{dataset.Item.Name} has chunks of more than 2 GiB.").ToException();
        }

        byte[] tile = new byte[(int)chunkRows * (int)chunkColumns * size];
        for (ulong row = 0; row < rows; row += chunkRows)
        {
            for (ulong column = 0; column < columns; column += chunkColumns)
            {
                ReadChunk(dataset, codec, size, row, column, tile);
                int bytes = (int)Math.Min(chunkColumns, columns - column) * size;
                for (ulong i = 0; i < Math.Min(chunkRows, rows - row); i++)
                {
                    tile.AsSpan((int)(i * chunkColumns) * size, bytes)
                        .CopyTo(numbers.AsSpan((int)(((row + i) * columns) + column) * size));
                }
            }
        }

        return numbers;
    }

    private static void Turn(Span<byte> numbers, int size)
    {
        for (int at = 0; at < numbers.Length; at += size)
        {
            numbers.Slice(at, size).Reverse();
        }
    }

    private static void ReadChunk(Hdf5Dataset dataset, FrameCodec codec, int elementSize, ulong row, ulong column, byte[] tile)
    {
        // Lengths of 1 may be before rows and columns.
        int rank = dataset.Shape.Length;
        ulong* offset = stackalloc ulong[rank];
        new Span<ulong>(offset, rank).Clear();
        (offset[rank - 2], offset[rank - 1]) = (row, column);
        uint mask = 0;
        ulong address = 0;
        ulong bytes = 0;
        Hdf5Library.Check(Hdf5Library.H5Dget_chunk_info_by_coord(dataset.Item.Id, offset, &mask, &address, &bytes));
        if (bytes == 0 || bytes > ((ulong)tile.Length * 2) + 65536)
        {
            throw ErrorCode.UnreadableFile.With($"{dataset.Item.Name} has a missing or damaged chunk.").ToException();
        }

        byte[] packed = new byte[bytes];
        fixed (byte* target = packed)
        {
            Hdf5Library.Check(Hdf5Library.H5Dread_chunk(dataset.Item.Id, Hdf5Id.Default, offset, &mask, target));
        }

        bool isEdge = row + dataset.Chunk[^2] > dataset.Shape[^2] || column + dataset.Chunk[^1] > dataset.Shape[^1];
        mask = dataset.HasPlainEdges && isEdge ? uint.MaxValue : mask;
        FrameDecodeError error = FrameDecoder.TryDecode(codec, elementSize, mask, packed, tile);
        if (error != FrameDecodeError.None)
        {
            throw ErrorCode.UnreadableFile.With($"{dataset.Item.Name} cannot be decoded: {error.Describe()}.").ToException();
        }
    }
}
