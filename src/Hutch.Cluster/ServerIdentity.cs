namespace Hutch.Cluster;

/// <param name="Id">Its id, stored in its data folder, so that a restart is the same server.</param>
public sealed record ServerIdentity(Guid Id, string Name);
