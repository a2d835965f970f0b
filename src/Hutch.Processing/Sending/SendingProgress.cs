namespace Hutch.Processing.Sending;

/// <summary>The progress of a run's rows to its callback address.</summary>
public sealed record SendingProgress(long Rows, string? Trouble);
