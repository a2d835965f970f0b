using Hutch.Processing.Sending;

namespace Hutch.Processing.Dispatch;

/// <summary>The progress of a run, since this server took it up.</summary>
/// <param name="Waiting">Known frames that wait for a worker; more may be stored that it has not listed yet.</param>
/// <param name="Newest">The largest known number of a frame; 0 for none.</param>
/// <param name="OldestReceived">
/// The time at which the capture received the oldest frame without a row; null if there is none, or it has no time.
/// </param>
/// <param name="MillisecondsMedian">
/// The median time from the receipt of such a frame's last byte to its published row; null without any.
/// </param>
/// <param name="Milliseconds99">The same for all but one in a hundred.</param>
/// <param name="Skipped">Frames that it has skipped, because frames came faster than they were analysed.</param>
public sealed record RunProgress(
    int Waiting, int InWork, int Newest, DateTimeOffset? OldestReceived, long Measured, double? MillisecondsMedian, double? Milliseconds99,
    SkippedFrames Skipped)
{
    /// <summary>The progress of its rows to its callback address; null when it has no such address, or is over.</summary>
    public SendingProgress? Callback { get; init; }
}
