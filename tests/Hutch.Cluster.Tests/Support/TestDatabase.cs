using Hutch.Catalog.Postgres;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Disk;
using Hutch.Peers.Postgres;
using Hutch.Storage.Caching;
using Hutch.Testing.Objects;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Cluster.Tests.Support;

/// <summary>A database of a test's own, reached through a proxy or directly.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly List<string> _folders = [];
    private readonly NpgsqlDataSource _direct;

    private TestDatabase(string address, int port)
    {
        Place = new PostgresDatabase(PostgresAddress.Parse(address + "?sslmode=disable").Value, PostgresPassword.From(null));
        Proxy = new CuttingProxy(port);
        _direct = Place.Connect(static text => text.Pooling = false);
    }

    /// <summary>The database itself.</summary>
    public PostgresDatabase Place { get; }

    public CuttingProxy Proxy { get; }

    /// <summary>The same through the proxy.</summary>
    public PostgresDatabase ThroughProxy => Place with { Address = Place.Address with { Port = Proxy.Port } };

    public static async Task<TestDatabase> CreateAsync(PostgresServer server, CancellationToken ct) =>
        new(await server.CreateDatabaseAsync(ct), server.Port);

    /// <summary>The same for another role.</summary>
    public PostgresDatabase As(string user) => Place with { Address = Place.Address with { User = user } };

    /// <summary>Another server's log over this database, and its bytes.</summary>
    public async Task<(PostgresLog Log, ObjectBytes Bytes)> OpenAsync(PostgresDatabase? place = null, LogOptions? options = null, Guid? site = null)
    {
        (PostgresLog log, _, ObjectBytes bytes) = await OpenAsync(new ServerIdentity(Guid.NewGuid(), "test"), place, options, site);
        return (log, bytes);
    }

    /// <summary>The log of a certain server, and its connections.</summary>
    public async Task<(PostgresLog Log, LogConnections Connections)> OpenServerAsync(ServerIdentity server, PostgresDatabase? place = null)
    {
        (PostgresLog log, LogConnections connections, _) = await OpenAsync(server, place, null, null);
        return (log, connections);
    }

    /// <summary>Runs a statement as the owner of the database.</summary>
    public void Run(string statement)
    {
        using NpgsqlCommand command = _direct.CreateCommand(statement);
        command.ExecuteNonQuery();
    }

    /// <summary>Asks one value.</summary>
    public T Ask<T>(string statement)
    {
        using NpgsqlCommand command = _direct.CreateCommand(statement);
        return (T)command.ExecuteScalar()!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(_opened))
        {
            await one.DisposeAsync();
        }

        _folders.ForEach(static folder => Directory.Delete(folder, recursive: true));
        await _direct.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    private async Task<(PostgresLog Log, LogConnections Connections, ObjectBytes Bytes)> OpenAsync(
        ServerIdentity server, PostgresDatabase? place, LogOptions? options, Guid? site)
    {
        var connections = new LogConnections(place ?? Place, options ?? new LogOptions());
        string folder = Directory.CreateTempSubdirectory("hutch-log-").FullName;
        var bytes = ObjectBytes.Open(
            LocalDisk.Instance, folder, new MemoryObjectStore(), new CacheOptions { CacheBytes = 0 }, Guid.NewGuid(), TimeProvider.System);
        lock (_opened)
        {
            _folders.Add(folder);
            _opened.AddRange([connections, bytes]);
        }

        PostgresLog log = await PostgresLog.OpenAsync(
            connections, site, server, bytes.Members, TimeProvider.System, Guid.NewGuid, NullLogger.Instance, TestContext.Current.CancellationToken);
        bytes.Attach(log);
        lock (_opened)
        {
            _opened.Add(log);
        }

        return (log, connections, bytes);
    }
}
