using Hutch.Formats.Frames;

namespace Hutch.Formats.Hdf5Structure;

/// <summary>
/// The HDF5 filters that stand for a codec. They are only named in a file: what they made is stored by us, and they never run when it is
/// written.
/// </summary>
internal static class Hdf5Filters
{
    /// <summary>The flag of a filter that a reader may do without where a chunk did not go through it.</summary>
    public const ushort Optional = 1;

    private const uint BitshuffleMajor = 0;
    private const uint BitshuffleMinor = 3;
    private const uint BitshuffleLz4 = 2;
    private const uint DeflateLevel = 1;

    /// <summary>How many values of bitshuffle its plug-in fills in by itself, those that come first.</summary>
    public const int FilledInByBitshuffle = 3;

    /// <summary>The filters, in the order in which they were applied, with their values; none for frames that are not compressed.</summary>
    public static (int Id, uint[] Values)[] Of(FrameCodec codec, int elementBytes) => codec switch
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
