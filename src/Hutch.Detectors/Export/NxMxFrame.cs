using Hutch.Detectors.Ingest;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Detectors.Export;

/// <summary>A frame as it is stored.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Channel">Its channel; empty for the first.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Codec">How it is compressed.</param>
/// <param name="FilterMask">HDF5's filter mask.</param>
public readonly record struct NxMxFrame(int Number, string Channel, long Bytes, FrameCodec Codec, uint FilterMask)
{
    /// <summary>The path of its entry.</summary>
    public string Path => FrameEntry.Path(Number, Channel);

    /// <summary>Reads the entry of a frame; null for any other entry.</summary>
    /// <param name="header">What the series says of its frames.</param>
    /// <param name="path">The path of the entry.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="userMetadata">What the entry says where it differs from the header.</param>
    public static Result<NxMxFrame?> Read(
        FrameHeader header, string path, long bytes, IReadOnlyDictionary<string, string>? userMetadata)
    {
        // Under another spelling of its number it would be a second frame of this number.
        if (!FrameEntry.TryParse(path, out int number, out string channel) || FrameEntry.Path(number, channel) != path)
        {
            return (NxMxFrame?)null;
        }

        return FrameEntry.Encoding(header, userMetadata).Then<NxMxFrame?>(
            encoding => new NxMxFrame(number, channel, bytes, encoding.Codec, encoding.FilterMask));
    }
}

/// <summary>An array of the header, as it is stored: its numbers are in one piece at the end of its entry.</summary>
/// <param name="Name">The name that the header gives it.</param>
/// <param name="Path">The path of its entry.</param>
/// <param name="Layout">The location of its numbers in the entry.</param>
public sealed record NxMxArray(string Name, string Path, NumericLayout Layout);
