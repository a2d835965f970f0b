namespace Hutch.Capture.Comparison;

/// <summary>The result of comparing the frames of a file with those of a dataset.</summary>
public sealed record FrameComparison
{
    public required long Frames { get; init; }

    /// <summary>Frames of the file that the dataset has byte for byte.</summary>
    public required long SameBytes { get; init; }

    /// <summary>Frames whose bytes differ and whose pixels are all equal: they are packed in another way.</summary>
    public required long SamePixels { get; init; }

    /// <summary>Frames with other pixels.</summary>
    public required IReadOnlyList<string> Different { get; init; }

    /// <summary>Frames of the file that the dataset does not have.</summary>
    public required IReadOnlyList<string> OnlyInFile { get; init; }

    /// <summary>Frames of the dataset that the file does not have.</summary>
    public required IReadOnlyList<string> OnlyInDataset { get; init; }

    /// <summary>Frames that the file has a place for and that its writer never wrote.</summary>
    public long NeverWritten { get; init; }

    /// <summary>
    /// From the last byte of a frame received by capture to the frame readable in the file, in milliseconds: the median. Null if the
    /// file was not watched while it was written, or the frames do not say when they came.
    /// </summary>
    public double? FileMillisecondsMedian { get; init; }

    /// <summary>The same for all but one in a hundred.</summary>
    public double? FileMilliseconds99 { get; init; }

    /// <summary>True if both have the same frames with the same pixels, and at least one.</summary>
    public bool AreEqual => Frames > 0 && Different.Count + OnlyInFile.Count + OnlyInDataset.Count == 0;
}
