using Hutch.Detectors.Ingest;

namespace Hutch.Detectors.Export;

/// <param name="Number">Its number, from 1.</param>
/// <param name="Channel">Its channel; empty for the first.</param>
/// <param name="FilterMask">HDF5's filter mask.</param>
public readonly record struct NxMxFrame(int Number, string Channel, long Bytes, FrameCodec Codec, uint FilterMask)
{
    public string Path => FrameEntry.Path(Number, Channel);

    /// <summary>Reads the entry of a frame; null for any other entry.</summary>
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
public sealed record NxMxArray(string Name, string Path, NumericLayout Layout);
