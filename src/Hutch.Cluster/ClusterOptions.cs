using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Storage.Caching;

namespace Hutch.Cluster;

/// <summary>How one of several equal servers keeps its site.</summary>
public sealed record ClusterOptions
{
    /// <summary>After how many days an object that nothing refers to any more is deleted.</summary>
    public int KeepCondemnedDays { get; init; } = 30;

    /// <summary>When rows of the log become objects, and how large these grow.</summary>
    public PackOptions Packs { get; init; } = new();

    /// <summary>How much of its own disk a server uses to keep bytes of the object store near.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>How long the log waits for PostgreSQL.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>How the servers know of each other.</summary>
    public ServerOptions Servers { get; init; } = new();

    /// <summary>How long the job of a server that says nothing stays its own.</summary>
    public LeaseOptions Leases { get; init; } = new();

    /// <summary>How the servers ask each other.</summary>
    public CallOptions Calls { get; init; } = new();
}
