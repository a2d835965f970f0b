using Hutch.Capture.Comparison;

namespace Hutch.Commands.Verbs.Frames;

/// <summary>The output of <c>hutch compare --json</c>.</summary>
/// <param name="StoredMillisecondsMedian">The median time from the last received byte of a frame until Hutch stored the frame.</param>
/// <param name="StoredMilliseconds99">The 99th percentile of the same time.</param>
internal sealed record CompareLine(
    string Dataset, string File, bool Equal, FrameComparison Frames, ResultComparison? Results, double? StoredMillisecondsMedian,
    double? StoredMilliseconds99);
