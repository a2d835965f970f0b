namespace Hutch.Model.Analyses;

/// <summary>The frames that a run has skipped, because they came faster than they were analysed.</summary>
/// <param name="Frames">How many.</param>
/// <param name="Ranges">Which, in order: the first 100 ranges of them.</param>
public sealed record SkippedFrames(long Frames, IReadOnlyList<FrameRange> Ranges)
{
    /// <summary>The most ranges that are named.</summary>
    public const int MaxRanges = 100;

    public static SkippedFrames None { get; } = new(0, []);
}

/// <summary>Frames that follow each other.</summary>
/// <param name="First">The number of the first.</param>
/// <param name="Last">The number of the last.</param>
public readonly record struct FrameRange(int First, int Last);
