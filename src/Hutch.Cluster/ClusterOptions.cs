using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Hutch.Cluster.Bytes.Cache;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;

namespace Hutch.Cluster;

/// <summary>How one of several equal servers keeps its site.</summary>
public sealed record ClusterOptions
{
    /// <summary>
    /// An object that nothing refers to any more is deleted after so many days. Give more than the age of the oldest backup of the database
    /// that anybody would restore: what such a backup refers to must still be there.
    /// </summary>
    [Range(1, 3650)]
    public int KeepCondemnedDays { get; init; } = 30;

    /// <summary>When rows of the log become objects, and how large these grow.</summary>
    public PackOptions Packs { get; init; } = new();

    /// <summary>How much of its own disk a server uses to keep bytes of the object store near.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>How long the log waits for PostgreSQL.</summary>
    [Browsable(false)]
    public LogOptions Log { get; init; } = new();

    /// <summary>How the servers know of each other.</summary>
    [Browsable(false)]
    public ServerOptions Servers { get; init; } = new();

    /// <summary>How long the job of a server that says nothing stays its own.</summary>
    [Browsable(false)]
    public LeaseOptions Leases { get; init; } = new();
}
