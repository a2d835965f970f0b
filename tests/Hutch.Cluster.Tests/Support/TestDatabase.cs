using Hutch.Catalog.Postgres;
using Hutch.Cluster.Journal;
using Hutch.Peers.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Cluster.Tests.Support;

/// <summary>A database of a test's own, reached through a proxy or directly.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];

    private TestDatabase(string address, int port)
    {
        Address = LogConnections.Of(PostgresAddress.Parse(address + "?sslmode=disable").Value);
        Proxy = new CuttingProxy(port);
    }

    /// <summary>The database itself.</summary>
    public NpgsqlConnectionStringBuilder Address { get; }

    public CuttingProxy Proxy { get; }

    /// <summary>The same through the proxy.</summary>
    public NpgsqlConnectionStringBuilder ThroughProxy => new(Address.ConnectionString) { Port = Proxy.Port };

    public static async Task<TestDatabase> CreateAsync(PostgresServer server, CancellationToken ct) =>
        new(await server.CreateDatabaseAsync(ct), server.Port);

    /// <summary>Another server's log over this database.</summary>
    public async Task<(PostgresLog Log, RowBytes Bytes)> OpenAsync(
        NpgsqlConnectionStringBuilder? address = null, LogOptions? options = null, Guid? site = null)
    {
        var bytes = new RowBytes(new SharedExtents());
        (PostgresLog log, _) = await OpenAsync(new ServerIdentity(Guid.NewGuid(), "test"), bytes, address ?? Address, options ?? new LogOptions(), site);
        return (log, bytes);
    }

    /// <summary>The log of a certain server, and its connections.</summary>
    public Task<(PostgresLog Log, LogConnections Connections)> OpenServerAsync(
        ServerIdentity server, NpgsqlConnectionStringBuilder? address = null) =>
        OpenAsync(server, new RowBytes(new SharedExtents()), address ?? Address, new LogOptions(), null);

    /// <summary>Runs a statement as the owner of the database.</summary>
    public void Run(string statement)
    {
        using NpgsqlConnection connection = Connect();
        using var command = new NpgsqlCommand(statement, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Asks one value.</summary>
    public T Ask<T>(string statement)
    {
        using NpgsqlConnection connection = Connect();
        using var command = new NpgsqlCommand(statement, connection);
        return (T)command.ExecuteScalar()!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(_opened))
        {
            await one.DisposeAsync();
        }

        await Proxy.DisposeAsync();
    }

    private async Task<(PostgresLog Log, LogConnections Connections)> OpenAsync(
        ServerIdentity server, RowBytes bytes, NpgsqlConnectionStringBuilder address, LogOptions options, Guid? site)
    {
        var connections = new LogConnections(address, options);
        Keep(connections);
        PostgresLog log = await PostgresLog.OpenAsync(
            connections, site, server, bytes, TimeProvider.System, Guid.NewGuid, NullLogger.Instance, TestContext.Current.CancellationToken);
        Keep(log);
        bytes.Attach(log);
        return (log, connections);
    }

    private void Keep(IAsyncDisposable opened)
    {
        lock (_opened)
        {
            _opened.Add(opened);
        }
    }

    private NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Address.ConnectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }
}
