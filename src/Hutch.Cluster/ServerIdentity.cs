namespace Hutch.Cluster;

/// <summary>Which of the site's servers this is.</summary>
/// <param name="Id">Its id: kept in its data folder, so that a restart is the same server.</param>
/// <param name="Name">What operators call it.</param>
public sealed record ServerIdentity(Guid Id, string Name);
