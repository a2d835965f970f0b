namespace Hutch.Detectors.Ingest;

/// <summary>
/// The source of the frames of one series: a detector's files, or a detector that is sending. It has the header once it is open, then
/// gives the arrays and each frame once, in order, and holds one frame at a time. Not thread-safe. To add one, see docs/extending.md.
/// </summary>
public interface IFrameSource : IAsyncDisposable
{
    /// <summary>
    /// The bytes of the entry <c>header</c>: JSON, as docs/formats/frames.md describes it. After the last frame of a series that was being
    /// written it may say more than before, and there may be more arrays.
    /// </summary>
    ReadOnlyMemory<byte> HeaderJson { get; }

    FrameHeader Header { get; }

    /// <summary>Frames in all channels, including those that may turn out to be missing; null while unknown.</summary>
    int? FrameCount { get; }

    /// <summary>Warnings for users about frames of the experiment that may be missing, in a sentence each.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Reads the arrays. One that cannot be read ends the enumeration with its <see cref="HutchException"/>.</summary>
    IAsyncEnumerable<SourceArray> ReadArraysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads the frames, image by image, the channels of an image together. One that cannot be read ends the enumeration with its
    /// <see cref="HutchException"/>.
    /// </summary>
    IAsyncEnumerable<SourceFrame> ReadFramesAsync(CancellationToken cancellationToken);
}

/// <summary>A large array of the header, such as a pixel mask.</summary>
/// <param name="Path">The path of its entry, such as <c>header.d/pixel_mask.npy</c>.</param>
/// <param name="File">The entry's bytes, in numpy's format.</param>
public sealed record SourceArray(string Path, ReadOnlyMemory<byte> File);
