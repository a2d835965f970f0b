using Hutch.Catalog.Postgres;
using Hutch.Cluster;
using Hutch.Cluster.Bytes.Cache;
using Hutch.Cluster.Engine;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;

namespace Hutch.Engines.Tests;

/// <summary>The PostgreSQL server on which these tests run: a database for each site.</summary>
public sealed class SharedEngines : IAsyncDisposable
{
    private static readonly PostgresServer Server = new();

    /// <summary>An engine for a new site: a database of its own, and a bucket in memory.</summary>
    internal static async Task<(PostgresPlace Records, ClusterEngineFactory Engine)> MakeAsync()
    {
        string address = await Server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var records = new PostgresPlace(PostgresAddress.Parse(address + "?sslmode=disable").Value, PostgresPassword.From(null));
        var objects = new MemoryObjectStore();
        var options = new ClusterOptions { Cache = new CacheOptions { CacheBytes = 64 << 20, ReserveBytes = 0 } };
        return (records, new ClusterEngineFactory(records, () => objects, options, Guid.NewGuid));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
