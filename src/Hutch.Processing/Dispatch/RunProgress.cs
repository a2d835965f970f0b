using Hutch.Model.Analyses;
using Hutch.Processing.Sending;

namespace Hutch.Processing.Dispatch;

/// <summary>How a run stands with its frames, since this server took it up.</summary>
/// <param name="Waiting">Frames that it knows of and that wait for a worker; further ones may be stored that it has not looked at.</param>
/// <param name="InWork">Frames that a worker has.</param>
/// <param name="Newest">The largest number of a frame that it knows of; 0 for none.</param>
/// <param name="OldestReceived">When the oldest frame without a row came to its capture; null if there is none, or it does not say.</param>
/// <param name="Measured">Rows of frames that say when they came.</param>
/// <param name="MillisecondsMedian">From such a frame's last byte received to its row published: the median; null without any.</param>
/// <param name="Milliseconds99">The same for all but one in a hundred.</param>
/// <param name="Skipped">What it has skipped, because frames came faster than they were analysed.</param>
public sealed record RunProgress(
    int Waiting, int InWork, int Newest, DateTimeOffset? OldestReceived, long Measured, double? MillisecondsMedian, double? Milliseconds99,
    SkippedFrames Skipped)
{
    /// <summary>How far its rows have gone to the address that it calls; null when it calls none, or is over.</summary>
    public SendingProgress? Callback { get; init; }
}
