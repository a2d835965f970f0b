namespace Hutch.Processing.Sending;

/// <summary>How far the rows of a run have gone to the address that it calls.</summary>
/// <param name="Rows">Rows that it took.</param>
/// <param name="Trouble">What goes wrong now; null when nothing does.</param>
public sealed record SendingProgress(long Rows, string? Trouble);
