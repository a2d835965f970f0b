namespace Hutch.Cluster;

/// <summary>The identity of one of the site's servers.</summary>
/// <param name="Id">Its id, stored in its data folder, so that a restart is the same server.</param>
/// <param name="Name">Its name for operators.</param>
public sealed record ServerIdentity(Guid Id, string Name);
