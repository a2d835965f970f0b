using Hutch.Formats.Frames;
using Hutch.Formats.Native;
using Hutch.Model;

namespace Hutch.Formats.Hdf5;

/// <summary>A data set that really holds frames, one a chunk or all in a row, and what is needed to open it again.</summary>
internal sealed record FrameStore(string FilePath, string Path, int Rank, int Rows, int Columns, ElementType Type, FrameCodec Codec, bool IsChunked)
{
    /// <summary>The lengths before rows and columns; at most two: images and channels.</summary>
    public const int MaxLeadingLengths = 2;

    /// <summary>Bytes of one image.</summary>
    public int ImageBytes => checked(Rows * Columns * Type.Size());

    /// <summary>Looks at a data set and says what kind of frames it holds.</summary>
    /// <exception cref="HutchException">It holds none that we can read; the message says why.</exception>
    public static FrameStore Of(Hdf5Dataset dataset)
    {
        Hdf5Object item = dataset.Item;
        dataset.RefuseExternalStorage();
        int rank = dataset.Shape.Length;
        if (rank is < 2 or > 2 + MaxLeadingLengths)
        {
            throw Unreadable(item, $"has {rank} dimensions; images need two to four");
        }

        if (dataset.Type is not { } type || !type.IsPixelType())
        {
            throw Unreadable(item, "holds no little-endian integers of 8, 16 or 32 bits");
        }

        if (dataset.Shape[^1] * dataset.Shape[^2] > int.MaxValue / (ulong)type.Size() || dataset.Shape[^1] > int.MaxValue || dataset.Shape[^2] > int.MaxValue)
        {
            throw Unreadable(item, $"holds images of {dataset.Shape[^2]} x {dataset.Shape[^1]} pixels, which is more than 2 GiB each");
        }

        bool isChunked = dataset.Layout == Hdf5Layout.Chunked;
        if (isChunked && !IsOneFrameAChunk(dataset))
        {
            throw Unreadable(
                item, $"has chunks of {string.Join(" x ", dataset.Chunk)} in images of {dataset.Shape[^2]} x {dataset.Shape[^1]}; one image a chunk is needed");
        }

        FrameCodec codec = Hdf5Filter.CodecOf(dataset.Filters)
            ?? throw Unreadable(item, $"is compressed with {Hdf5Filter.Describe(dataset.Filters)}, which is not supported");
        return new FrameStore(item.FilePath, item.Path, rank, (int)dataset.Shape[^2], (int)dataset.Shape[^1], type, codec, isChunked);
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

    private static HutchException Unreadable(Hdf5Object item, string what) =>
        ErrorCode.UnreadableFile.With($"{item.Name} {what}.", "file", item.FilePath).ToException();
}
