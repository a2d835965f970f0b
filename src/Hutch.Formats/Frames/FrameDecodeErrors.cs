namespace Hutch.Formats.Frames;

public static class FrameDecodeErrors
{
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
