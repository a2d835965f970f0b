namespace Hutch.Formats.Frames;

/// <summary>
/// How the pixels of one stored frame are compressed. The bytes are those of an HDF5 chunk, whatever door they came in by.
/// </summary>
public enum FrameCodec
{
    /// <summary>Plain pixels, row by row, little-endian.</summary>
    Raw,

    /// <summary>Bitshuffle with LZ4 inside: HDF5 filter 32008, DECTRIS <c>bslz4</c>.</summary>
    BitshuffleLz4,

    /// <summary>LZ4 in the framing of HDF5 filter 32004, DECTRIS <c>lz4</c>.</summary>
    Lz4,

    /// <summary>Deflate with zlib's frame: HDF5 filter 1, h5py's <c>gzip</c>.</summary>
    Deflate,

    /// <summary>HDF5 filter 2 (byte shuffle) and then filter 1 (deflate).</summary>
    ShuffleDeflate,
}
