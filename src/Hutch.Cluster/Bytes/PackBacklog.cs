namespace Hutch.Cluster.Bytes;

/// <summary>What waits to be packed.</summary>
/// <param name="Rows">Rows of the log.</param>
/// <param name="Bytes">Bytes of their records and bodies.</param>
/// <param name="Age">How long the oldest has waited; zero without any.</param>
public readonly record struct PackBacklog(long Rows, long Bytes, TimeSpan Age);
