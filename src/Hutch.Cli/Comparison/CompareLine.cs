using Hutch.Capture.Comparison;

namespace Hutch.Cli.Comparison;

/// <summary>What <c>hutch compare --json</c> prints.</summary>
/// <param name="Dataset">The dataset, <c>owner/slug</c>.</param>
/// <param name="File">The file of the other writer.</param>
/// <param name="Equal">Whether everything that was compared is equal.</param>
/// <param name="Frames">The frames.</param>
/// <param name="Results">The results; null if none were given.</param>
/// <param name="StoredMillisecondsMedian">From the last byte of a frame received to the frame stored by Hutch: the median.</param>
/// <param name="StoredMilliseconds99">The same for all but one in a hundred.</param>
internal sealed record CompareLine(
    string Dataset, string File, bool Equal, FrameComparison Frames, ResultComparison? Results, double? StoredMillisecondsMedian,
    double? StoredMilliseconds99);
