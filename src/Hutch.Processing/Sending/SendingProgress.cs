namespace Hutch.Processing.Sending;

/// <summary>The progress of a run's rows to its callback address.</summary>
/// <param name="Rows">Rows that the address accepted.</param>
/// <param name="Trouble">The current failure; null for none.</param>
public sealed record SendingProgress(long Rows, string? Trouble);
