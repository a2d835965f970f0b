using Hutch.Formats.Frames;

namespace Hutch.Formats.Hdf5Structure;

/// <summary>The HDF5 filters of the codecs. A file only names them; Hutch stores their output, and they never run on writing.</summary>
internal static class Hdf5Filters
{
    /// <summary>The flag of a filter that a reader may do without where a chunk did not go through it.</summary>
    public const ushort Optional = 1;

    private const uint BitshuffleMajor = 0;
    private const uint BitshuffleMinor = 3;
    private const uint BitshuffleLz4 = 2;
    private const uint DeflateLevel = 1;

    /// <summary>The number of bitshuffle's first values that its plug-in fills in automatically.</summary>
    public const int FilledInByBitshuffle = 3;

    /// <summary>The filters, in the order in which they were applied, with their values; none for frames that are not compressed.</summary>
    public static (int Id, uint[] Values)[] For(FrameCodec codec, int elementBytes) => codec switch
    {
        FrameCodec.BitshuffleLz4 =>
            [(FrameCodecs.BitshuffleFilterId, [BitshuffleMajor, BitshuffleMinor, (uint)elementBytes, 0, BitshuffleLz4])],
        FrameCodec.Lz4 => [(FrameCodecs.Lz4FilterId, [])],
        FrameCodec.Deflate => [(FrameCodecs.DeflateFilterId, [DeflateLevel])],
        FrameCodec.ShuffleDeflate =>
            [(FrameCodecs.ShuffleFilterId, [(uint)elementBytes]), (FrameCodecs.DeflateFilterId, [DeflateLevel])],
        FrameCodec.Raw => [],
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "HDF5 has no filter for it."),
    };
}
