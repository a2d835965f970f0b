namespace Hutch.Formats.Frames;

/// <summary>
/// The reason why a stored frame cannot be decoded. A damaged frame is an ordinary outcome, so this is a value and not an exception.
/// </summary>
public enum FrameDecodeError
{
    None,

    /// <summary>The bytes end before the frame does.</summary>
    Truncated,

    /// <summary>The frame says that it holds another number of bytes than the image has.</summary>
    SizeMismatch,

    /// <summary>The frame's block size is zero, or not a multiple of eight pixels.</summary>
    BadBlockSize,

    /// <summary>A compressed block does not unpack to its size.</summary>
    CorruptBlock,

    /// <summary>Pixels have 1, 2 or 4 bytes, and an image a whole number of them.</summary>
    BadElementSize,
}
