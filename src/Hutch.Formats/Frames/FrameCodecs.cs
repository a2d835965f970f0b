using System.Diagnostics.CodeAnalysis;

namespace Hutch.Formats.Frames;

/// <summary>The written names of the codecs, and their HDF5 filters.</summary>
internal static class FrameCodecs
{
    public const int BitshuffleFilterId = 32008;

    public const int Lz4FilterId = 32004;

    public const int LzfFilterId = 32000;

    public const int DeflateFilterId = 1;

    public const int ShuffleFilterId = 2;

    /// <summary>The name that headers, user metadata and the command line use.</summary>
    public static string Name(this FrameCodec codec) => codec switch
    {
        FrameCodec.Raw => "raw",
        FrameCodec.BitshuffleLz4 => "bslz4",
        FrameCodec.Lz4 => "lz4",
        FrameCodec.Deflate => "gzip",
        FrameCodec.ShuffleDeflate => "shuffle-gzip",
        FrameCodec.ByteOffset => "byte-offset",
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "No such codec."),
    };

    public static bool TryParse([NotNullWhen(true)] string? name, out FrameCodec codec)
    {
        foreach (FrameCodec candidate in Enum.GetValues<FrameCodec>())
        {
            if (candidate.Name() == name)
            {
                codec = candidate;
                return true;
            }
        }

        codec = default;
        return false;
    }
}
