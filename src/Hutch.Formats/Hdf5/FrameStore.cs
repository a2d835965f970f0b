using Hutch.Formats.Frames;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>A data set that really holds frames, one a chunk or all in a row, with the data to open it again.</summary>
internal sealed record FrameStore(
    string FilePath, string Path, int Rank, int Rows, int Columns, ElementType Type, FrameCodec Codec, bool IsChunked)
{
    /// <summary>The lengths before rows and columns; at most two: images and channels.</summary>
    public const int MaxLeadingLengths = 2;

    public int ImageBytes => checked(Rows * Columns * Type.Size());

    /// <summary>Looks at a data set and says what kind of frames it holds.</summary>
    /// <exception cref="HutchException">It holds none that we can read; the message says why.</exception>
    public static FrameStore From(Hdf5Dataset dataset)
    {
        Hdf5Object item = dataset.Item;
        dataset.RefuseExternalStorage();
        int rank = dataset.Shape.Length;
        if (rank is < 2 or > 2 + MaxLeadingLengths)
        {
            throw Refusal(item, $"has {rank} dimensions; images need two to four");
        }

        if (dataset.Type is not { } type || !type.IsPixelType())
        {
            throw Refusal(
                item,
                "does not hold little-endian integers of 8, 16 or 32 bits",
                "Convert the images to such integers, for instance with h5py.");
        }

        (ulong rows, ulong columns) = (dataset.Shape[^2], dataset.Shape[^1]);
        if (rows > int.MaxValue || columns > int.MaxValue || rows * columns > int.MaxValue / (ulong)type.Size())
        {
            throw Refusal(item, $"holds images of {rows} x {columns} pixels, which is more than 2 GiB each");
        }

        bool isChunked = dataset.Layout == Hdf5Layout.Chunked;
        if (isChunked && !IsOneFrameAChunk(dataset))
        {
            throw Refusal(
                item,
                $"has chunks of {string.Join(" x ", dataset.Chunk)} in images of {rows} x {columns}; each chunk must be one image",
                Repack(dataset));
        }

        FrameCodec codec = Hdf5Filter.CodecOf(dataset.Filters)
            ?? throw Refusal(
                item, $"is compressed with {Hdf5Filter.Describe(dataset.Filters)}, which is not supported", Repack(dataset));
        return new FrameStore(item.FilePath, item.Path, rank, (int)rows, (int)columns, type, codec, isChunked);
    }

    private static bool IsOneFrameAChunk(Hdf5Dataset dataset)
    {
        int leading = dataset.Shape.Length - 2;
        for (int i = 0; i < dataset.Shape.Length; i++)
        {
            if (dataset.Chunk[i] != (i < leading ? 1 : dataset.Shape[i]))
            {
                return false;
            }
        }

        return true;
    }

    // A line to copy: one image a chunk, compressed as everybody can read it.
    private static string Repack(Hdf5Dataset dataset)
    {
        ulong[] shape = dataset.Shape;
        string chunk = string.Join('x', shape.Select((length, i) => i < shape.Length - 2 ? 1 : length));
        (string path, string file) = (dataset.Item.Path, System.IO.Path.GetFileName(dataset.Item.FilePath));
        return $"Write it anew: `h5repack -l {path}:CHUNK={chunk} -f {path}:GZIP=1 {file} repacked.h5`, "
            + "then put the new file in the old one's place.";
    }

    private static HutchException Refusal(Hdf5Object item, string what, string? advice = null) =>
        Unreadable.File($"{item.Name} {what}.", item.FilePath, advice);
}
