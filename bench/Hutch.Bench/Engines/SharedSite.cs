using Hutch.Bench.S3;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Peers.Postgres;
using Npgsql;

namespace Hutch.Bench.Engines;

/// <summary>A site over real PostgreSQL, which syncs, and Ceph's gateway; its servers are the shipped executable.</summary>
internal sealed class SharedSite : IAsyncDisposable
{
    private const string SiteBucket = "hutch";

    private readonly string _folder;
    private readonly PostgresServer _postgres;
    private readonly PeerProcess _gateway;
    private readonly string[] _options;
    private readonly List<ServerProcess> _servers = [];
    private (string Access, string Secret)? _key;
    private int _started;

    private SharedSite(string folder, PostgresServer postgres, PeerProcess gateway, S3Target ceph, string database, string[] options)
    {
        (_folder, _postgres, _gateway, Ceph, Database, _options) = (folder, postgres, gateway, ceph, database, options);
    }

    /// <summary>The gateway itself.</summary>
    public S3Target Ceph { get; }

    /// <summary>How Npgsql finds the database of the site.</summary>
    public string Database { get; }

    /// <summary>What a server of the site is started with.</summary>
    public string[] Options => _options;

    /// <summary>The servers that run, oldest first.</summary>
    public IReadOnlyList<ServerProcess> Servers => _servers;

    /// <summary>Processor time of PostgreSQL so far, seconds.</summary>
    public double PostgresSeconds => ProcessorTime.OfFamily(_postgres.ProcessId);

    /// <summary>Starts both engines, without a server; null where the gateway is not installed.</summary>
    public static async Task<SharedSite?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (await CephGateway.StartAsync(context, ct) is not var (gateway, ceph))
        {
            return null;
        }

        var postgres = PostgresServer.Durable();
        try
        {
            string records = await postgres.CreateDatabaseAsync(ct);
            var address = new Uri(records);
            ceph.CreateBucket();
            ceph.CreateBucket(SiteBucket);
            string key = await CephGateway.WriteKeyAsync(context, ceph, ct);
            return new SharedSite(
                context.Folder, postgres, gateway, ceph,
                $"Host={address.Host};Port={address.Port};Database={address.AbsolutePath[1..]};Username={PostgresServer.User}",
                ["--records", records, "--objects", $"s3://{ceph.Address}/{SiteBucket}", "--set", $"engine.objectsKeyFile={key}"]);
        }
        catch
        {
            await postgres.DisposeAsync();
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts servers with empty folders.</summary>
    /// <param name="count">How many.</param>
    /// <param name="settings">More settings, such as <c>engine.cache.cacheBytes=0</c>.</param>
    public async Task AddAsync(int count, CancellationToken ct, params string[] settings)
    {
        for (int i = 0; i < count; i++)
        {
            string folder = Path.Combine(_folder, $"server-{++_started}");
            ServerProcess server = await ServerProcess.StartReadyAsync(
                folder, ct, [.. _options, .. settings.SelectMany(static setting => (string[])["--set", setting])]);
            _servers.Add(server);
            _key ??= await HutchDoor.CreateKeyAsync(server, _folder, ct);
        }
    }

    /// <summary>All servers that run, as one target.</summary>
    public S3Target TargetOf(string name) => HutchDoor.TargetOf(name, _key!.Value, [.. _servers]);

    /// <summary>Stops all servers in order.</summary>
    public async Task StopServersAsync(CancellationToken ct)
    {
        foreach (ServerProcess server in _servers)
        {
            await server.StopAsync(ct);
            await server.DisposeAsync();
        }

        _servers.Clear();
    }

    /// <summary>Returns when no body is in the log any more.</summary>
    public async Task AwaitPackedAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await ConnectAsync(ct);
        await using var ask = new NpgsqlCommand("SELECT EXISTS (SELECT FROM site_log WHERE packed_in IS NULL AND body_bytes > 0)", connection);
        while (await ask.ExecuteScalarAsync(ct) is true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
        }
    }

    /// <summary>A connection to the database of the site.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync(ct);
        return connection;
    }

    /// <summary>An empty database beside it, for pgbench: its name.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken ct) =>
        new Uri(await _postgres.CreateDatabaseAsync(ct)).AbsolutePath[1..];

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers)
        {
            await server.DisposeAsync();
        }

        await _postgres.DisposeAsync();
        await _gateway.DisposeAsync();
    }
}
