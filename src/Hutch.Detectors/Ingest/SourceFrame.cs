namespace Hutch.Detectors.Ingest;

/// <param name="Number">Its number in the series, from 1, as the detector counts: frames that were lost leave a gap.</param>
/// <param name="Channel">Its channel's name; empty for the first.</param>
public sealed record SourceFrame(int Number, string Channel = "")
{
    /// <summary>The compression of the bytes.</summary>
    public FrameCodec Codec { get; init; }

    /// <summary>HDF5's filter mask: a set bit means that this filter was left out. 0 in other formats.</summary>
    public uint FilterMask { get; init; }

    /// <summary>
    /// The bytes exactly as they arrived, still compressed. Valid until the next frame is asked for, or, if there is an
    /// <see cref="Owner"/>, until that is disposed. Empty if the series has a place for the frame but it was never written.
    /// </summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The user metadata of its entry, without the encoding; null for none.</summary>
    public IReadOnlyDictionary<string, string>? UserMetadata { get; init; }

    /// <summary>Holds the bytes; the receiver of the frame disposes it once. Null if the source continues to use their memory.</summary>
    public IDisposable? Owner { get; init; }

    /// <summary>True if the series has a place for the frame but no bytes.</summary>
    public bool IsMissing => Bytes.IsEmpty;

    /// <summary>The last of several missing frames; this is the first.</summary>
    public int MissingThrough { get; init; } = Number;

    public string Path => FrameEntry.Path(Number, Channel);
}
