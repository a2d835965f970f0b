namespace Hutch.Cluster.Bytes;

/// <summary>The unpacked rows of the log.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Bytes">The bytes of their records and bodies.</param>
/// <param name="Age">The age of the oldest row; zero without any.</param>
public readonly record struct PackBacklog(long Rows, long Bytes, TimeSpan Age);
