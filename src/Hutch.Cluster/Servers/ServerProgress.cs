namespace Hutch.Cluster.Servers;

/// <summary>How far a server is: what the others wait for before they delete anything.</summary>
/// <param name="AppliedRow">The last row of the log that it has applied.</param>
/// <param name="OldestOperation">
/// The last row of the log when the oldest operation began that has stored bytes which no record names yet; null when there is none.
/// </param>
public readonly record struct ServerProgress(long AppliedRow, long? OldestOperation);
