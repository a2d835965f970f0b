namespace Hutch.Formats.Frames;

/// <summary>
/// The compression of the pixels of one stored frame. The bytes are those of the detector: of a chunk in HDF5, of a section in CBF.
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

    /// <summary>The byte-offset compression of CBF, <c>x-CBF_BYTE_OFFSET</c>.</summary>
    ByteOffset,
}
