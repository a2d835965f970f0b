namespace Hutch.Cluster;

/// <summary>A position in the log: the number of a row, and its id, which shows that the log is still the same.</summary>
/// <param name="Number">The number of the row; 0 before the first.</param>
/// <param name="Id">Its id; empty before the first.</param>
public readonly record struct LogPosition(long Number, Guid Id);
