using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Storage.Caching;

namespace Hutch.Cluster;

/// <summary>The settings of one of several equal servers of a site.</summary>
public sealed record ClusterOptions
{
    /// <summary>The number of days after which an unreferenced object is deleted.</summary>
    public int KeepCondemnedDays { get; init; } = 30;

    /// <summary>The packing of rows of the log.</summary>
    public PackOptions Packs { get; init; } = new();

    /// <summary>The cache of the object store on a server's own disk.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>The timeouts of the log.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>The heartbeats of the servers.</summary>
    public ServerOptions Servers { get; init; } = new();

    /// <summary>The duration of leases.</summary>
    public LeaseOptions Leases { get; init; } = new();

    /// <summary>The limits of requests between the servers.</summary>
    public CallOptions Calls { get; init; } = new();
}
