using System.Collections.Immutable;

namespace Hutch.Detectors.Ingest;

/// <summary>
/// The form of a frame in a dataset: its name, its media type, and the differences from the header. The stored bytes are those of the file,
/// so their encoding must be recorded: once in the header, and in the entry only when it differs.
/// </summary>
public static class FrameEntry
{
    public const string CodecKey = "hutch-codec";

    /// <summary>The user metadata key of a frame's filter mask, when it is not zero.</summary>
    public const string FilterMaskKey = "hutch-filter-mask";

    /// <summary>The path of a frame: images count from 1, six digits or more; the first channel is at the root.</summary>
    public static string Path(int number, string? channel = null)
    {
        string name = number.ToString("D6", CultureInfo.InvariantCulture);
        return string.IsNullOrEmpty(channel) ? name : $"{channel}/{name}";
    }

    public static bool TryParse(string path, out int number, out string channel)
    {
        int slash = path.LastIndexOf('/');
        channel = slash < 0 ? "" : path[..slash];
        ReadOnlySpan<char> name = path.AsSpan(slash + 1);
        number = 0;
        return name.Length is >= 6 and <= 9
            && name.IndexOfAnyExceptInRange('0', '9') < 0
            && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }

    public static HutchError NoFrame(string path) => ErrorCode.Unprocessable.With(
        $"{Display.Quote(path)} is no frame: frames are named {Path(1)}, {Path(2)} and so on.");

    /// <summary>Returns true if an ingest writes this path: the header, an array, or a frame.</summary>
    public static bool IsOfASeries(string path) =>
        FrameName.IsOfHeader(path) || TryParse(path, out _, out _);

    /// <summary>Returns the user metadata that the entry needs; null when the header has it all.</summary>
    public static IReadOnlyDictionary<string, string>? UserMetadata(SourceFrame frame, FrameCodec headerCodec)
    {
        if (frame.Codec == headerCodec && frame.FilterMask == 0)
        {
            return frame.UserMetadata;
        }

        var metadata = new Dictionary<string, string>(frame.UserMetadata ?? ImmutableDictionary<string, string>.Empty);
        if (frame.Codec != headerCodec)
        {
            metadata[CodecKey] = frame.Codec.Name();
        }

        if (frame.FilterMask != 0)
        {
            metadata[FilterMaskKey] = frame.FilterMask.ToString(CultureInfo.InvariantCulture);
        }

        return metadata;
    }

    /// <summary>Refuses a frame that is larger than any codec makes an image.</summary>
    public static HutchError TooLarge(long bytes, long maxBytes) =>
        ErrorCode.TooLarge.With($"The frame has {bytes} bytes; an image as the header describes it has at most {maxBytes}.");

    /// <summary>Returns the encoding of a frame: that of its entry, else that of the header.</summary>
    public static Result<(FrameCodec Codec, uint FilterMask)> Encoding(
        FrameHeader header, IReadOnlyDictionary<string, string>? userMetadata)
    {
        FrameCodec codec = header.Codec;
        uint mask = 0;
        if (userMetadata is null)
        {
            return (codec, mask);
        }

        if (userMetadata.TryGetValue(CodecKey, out string? name) && !FrameCodecs.TryParse(name, out codec))
        {
            return ErrorCode.Unprocessable.With($"The frame has an unknown codec '{name}'.");
        }

        if (userMetadata.TryGetValue(FilterMaskKey, out string? text)
            && !uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out mask))
        {
            return ErrorCode.Unprocessable.With($"The frame's filter mask '{text}' is not a number.");
        }

        return (codec, mask);
    }
}
