namespace Hutch.Cluster.Bytes;

/// <param name="Age">The age of the oldest row; zero without any.</param>
public readonly record struct PackBacklog(long Rows, long Bytes, TimeSpan Age);
