using Hutch.Model;

namespace Hutch.Formats.Frames;

/// <summary>
/// Why a stored frame could not be decoded. A damaged frame is an ordinary outcome, so this is a value and not an exception.
/// </summary>
public enum FrameDecodeError
{
    /// <summary>It was decoded.</summary>
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

/// <summary>The words for <see cref="FrameDecodeError"/>.</summary>
public static class FrameDecodeErrors
{
    /// <summary>What happened, as a part of a sentence.</summary>
    public static string Describe(this FrameDecodeError error) => error switch
    {
        FrameDecodeError.None => "it was decoded",
        FrameDecodeError.Truncated => "its bytes end too early",
        FrameDecodeError.SizeMismatch => "its size is not that of an image of this detector",
        FrameDecodeError.BadBlockSize => "its block size is not valid",
        FrameDecodeError.CorruptBlock => "one of its compressed blocks is damaged",
        FrameDecodeError.BadElementSize => "its pixels are not 1, 2 or 4 bytes wide",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "No such error."),
    };

    /// <summary>The refusal that a door gives, naming the frame.</summary>
    public static HutchError ToHutchError(this FrameDecodeError error, string frame) =>
        ErrorCode.Unprocessable.With($"Frame {frame} cannot be decoded: {error.Describe()}.", "frame", frame);
}
