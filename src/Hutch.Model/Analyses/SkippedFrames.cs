namespace Hutch.Model.Analyses;

/// <summary>The frames that a run skipped because they arrived faster than it analysed them.</summary>
/// <param name="Frames">Their number.</param>
/// <param name="Ranges">The first 100 ranges, in order.</param>
public sealed record SkippedFrames(long Frames, IReadOnlyList<FrameRange> Ranges)
{
    /// <summary>The most ranges that are listed.</summary>
    public const int MaxRanges = 100;

    public static SkippedFrames None { get; } = new(0, []);
}

/// <summary>Consecutive frames.</summary>
/// <param name="First">The number of the first frame.</param>
/// <param name="Last">The number of the last frame.</param>
public readonly record struct FrameRange(int First, int Last);
