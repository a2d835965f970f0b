using System.Globalization;
using System.Runtime.CompilerServices;
using Hutch.Catalog.Postgres;
using Hutch.Catalog.Zone;
using Hutch.Cluster;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Setup;
using Hutch.Peers.Postgres;
using Hutch.Server;
using Hutch.Site.Engines;
using Hutch.Storage.Caching;
using Hutch.Testing.Objects;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Engines.Tests;

/// <summary>The PostgreSQL server on which these tests run: a database for each site.</summary>
public sealed class SharedEngines : IAsyncDisposable
{
    private static readonly PostgresServer Server = new();
    private static readonly ConditionalWeakTable<ClusterEngineFactory, PostgresDatabase> Places = [];
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    /// <summary>An engine for a new site: a database of its own, and a bucket in memory.</summary>
    /// <param name="isZone">Whether its zone meets others, so that its ids must not be those of the template.</param>
    internal static async Task<(PostgresDatabase Records, ClusterEngineFactory Engine)> MakeAsync(bool isZone = false)
    {
        PostgresDatabase records = At(await Server.CreateDatabaseAsync(TestContext.Current.CancellationToken, await Template.Value));
        var objects = new MemoryObjectStore();
        var options = new ClusterOptions
        {
            Cache = new CacheOptions { CacheBytes = 64 << 20, ReserveBytes = 0 },
            Servers = new ServerOptions { BeatEvery = TimeSpan.FromMilliseconds(200) },
        };
        var engine = new ClusterEngineFactory(records, () => objects, options, Guid.NewGuid);
        Places.Add(engine, records);
        if (isZone)
        {
            await ExecuteAsync(
                records, $"UPDATE hutch_zone.zone_identity SET id = '{Guid.NewGuid():N}'::varchar(16); UPDATE hutch_zone.feed_incarnation SET id = '{Guid.NewGuid():N}'::varchar(16)");
        }

        return (records, engine);
    }

    /// <summary>An empty place for a site that moves or is restored, and the options of a server there.</summary>
    internal static async Task<(ISharedLocation Place, ServeOptions Options)> MakePlaceAsync(ServeOptions options)
    {
        PostgresDatabase records = At(await Server.CreateDatabaseAsync(TestContext.Current.CancellationToken));
        var objects = new MemoryObjectStore();
        var engine = new ClusterOptions { Cache = new CacheOptions { CacheBytes = 64 << 20, ReserveBytes = 0 } };
        return (
            new SharedLocation(records, () => objects, engine, Guid.NewGuid),
            options with
            {
                Zone = options.Zone with { Postgres = records },
                Site = options.Site with { Engine = new ClusterEngineFactory(records, () => objects, engine, Guid.NewGuid) },
            });
    }

    /// <summary>Lets time pass for the log of a site: its clock never goes back, so it stands there until the real time is later.</summary>
    internal static async ValueTask PassAsync(ClusterEngineFactory engine, TimeSpan by)
    {
        Places.TryGetValue(engine, out PostgresDatabase? place);
        await ExecuteAsync(
            place!,
            "UPDATE site_head SET time_ms = greatest(time_ms, extract(epoch FROM clock_timestamp()) * 1000)::bigint + "
            + ((long)by.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    private static async Task ExecuteAsync(PostgresDatabase place, string sql)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={Server.Port};Username={PostgresServer.User};Database={place.Address.Database};SSL Mode=Disable");
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>A database with the tables of a zone: to copy it takes a tenth of the time of its migrations.</summary>
    private static async Task<string> MakeTemplateAsync()
    {
        PostgresDatabase records = At(await Server.CreateDatabaseAsync(CancellationToken.None));
        ZoneDatabase zone = await ZoneDatabase.OpenAsync(
            records, TimeProvider.System, NullLogger.Instance, null, CancellationToken.None);
        await zone.DisposeAsync();
        return records.Address.Database;
    }

    private static PostgresDatabase At(string address) =>
        new(PostgresAddress.Parse(address + "?sslmode=disable").Value, PostgresPassword.From(null));
}
