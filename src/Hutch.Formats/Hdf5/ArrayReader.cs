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

    public static byte[] Read(Hdf5Dataset dataset, SeriesArray array)
    {
        dataset.RefuseExternalStorage();
        byte[] numbers = new byte[checked(array.Shape[0] * array.Shape[1] * array.Type.Size())];
        if (dataset.Filters.All(static filter => filter.Id <= LastBuiltInFilter))
        {
            using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(dataset.Item.Id));
            fixed (byte* target = numbers)
            {
                Hdf5Library.Check(Hdf5Library.H5Dread(dataset.Item.Id, type, Hdf5Id.Default, Hdf5Id.Default, Hdf5Id.Default, target));
            }
        }
        else
        {
            ReadChunks(dataset, array, numbers);
        }

        if (dataset.IsBigEndian)
        {
            Turn(numbers, array.Type.Size());
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

    private static void ReadChunks(Hdf5Dataset dataset, SeriesArray array, byte[] numbers)
    {
        FrameCodec codec = Hdf5Filter.CodecOf(dataset.Filters)
            ?? throw ErrorCode.UnreadableFile.With(
                $"{dataset.Item.Name} is compressed with {Hdf5Filter.Describe(dataset.Filters)}, which is not supported.").ToException();
        ulong chunkRows = dataset.Chunk[^2];
        ulong chunkColumns = dataset.Chunk[^1];
        if (chunkRows * chunkColumns > int.MaxValue / (ulong)array.Type.Size())
        {
            throw ErrorCode.UnreadableFile.With($"{dataset.Item.Name} has chunks of more than 2 GiB.").ToException();
        }

        byte[] tile = new byte[(int)chunkRows * (int)chunkColumns * array.Type.Size()];
        for (ulong row = 0; row < (ulong)array.Shape[0]; row += chunkRows)
        {
            for (ulong column = 0; column < (ulong)array.Shape[1]; column += chunkColumns)
            {
                ReadChunk(dataset, codec, array.Type.Size(), row, column, tile);
                CopyTile(tile, (int)chunkRows, (int)chunkColumns, numbers, array, (int)row, (int)column);
            }
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

        FrameDecodeError error = FrameDecoder.TryDecode(codec, elementSize, mask, packed, tile);
        if (error != FrameDecodeError.None)
        {
            throw ErrorCode.UnreadableFile.With($"{dataset.Item.Name} cannot be decoded: {error.Describe()}.").ToException();
        }
    }

    private static void CopyTile(byte[] tile, int tileRows, int tileColumns, byte[] numbers, SeriesArray array, int row, int column)
    {
        int size = array.Type.Size();
        int rows = Math.Min(tileRows, array.Shape[0] - row);
        int bytes = Math.Min(tileColumns, array.Shape[1] - column) * size;
        for (int i = 0; i < rows; i++)
        {
            tile.AsSpan(i * tileColumns * size, bytes).CopyTo(numbers.AsSpan((((row + i) * array.Shape[1]) + column) * size));
        }
    }
}
