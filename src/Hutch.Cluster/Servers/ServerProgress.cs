namespace Hutch.Cluster.Servers;

/// <summary>How far a server is: what the others wait for before they delete anything.</summary>
/// <param name="AppliedRow">The last row of the log that it has applied.</param>
/// <param name="OldestOperation">
/// The last record that every operation of the server has seen which is under way, or begins later; it never falls. Null until the server
/// works.
/// </param>
public readonly record struct ServerProgress(long AppliedRow, long? OldestOperation);
