namespace Hutch.Cluster.Servers;

/// <summary>The progress of a server, for which the others wait before they delete anything.</summary>
/// <param name="AppliedRow">The last row of the log that it has applied.</param>
/// <param name="OldestOperation">
/// The last record that all current and later operations of the server have seen; it never falls. Null until the server is open.
/// </param>
public readonly record struct ServerProgress(long AppliedRow, long? OldestOperation);
