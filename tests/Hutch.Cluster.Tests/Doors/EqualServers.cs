using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hutch.Analysis.Steps;
using Hutch.Api;
using Hutch.Api.Hosting;
using Hutch.Catalog.Postgres;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Tests.Support;
using Hutch.Disk;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;
using Hutch.Site;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// Whole servers, each with a REST door and a folder of its own, over one PostgreSQL, which has zone and log, and one bucket. The connections of
/// each server's log pass a proxy of its own.
/// </summary>
internal sealed class EqualServers : IAsyncDisposable
{
    private readonly List<HutchServer> _servers = [];
    private readonly HashSet<int> _stopped = [];
    private readonly List<CuttingProxy> _proxies = [];
    private readonly List<string> _folders = [];
    private readonly MemoryObjectStore _objects = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly TestDatabase _database;

    private readonly ClusterOptions _options;

    private EqualServers(TestDatabase database, ClusterOptions options) => (_database, _options) = (database, options);

    public int Count => _servers.Count;

    /// <summary>The database of all.</summary>
    public TestDatabase Database => _database;

    /// <summary>The bucket of all.</summary>
    public MemoryObjectStore Objects => _objects;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<EqualServers> StartAsync(PostgresServer postgres, int count, ClusterOptions? options = null)
    {
        var servers = new EqualServers(await TestDatabase.CreateAsync(postgres, Ct), options ?? TestServer.Options());
        for (int i = 0; i < count; i++)
        {
            await servers.AddAsync();
        }

        string token = await File.ReadAllTextAsync(Path.Combine(servers._folders[0], AdminAccount.TokenFileName), Ct);
        servers._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return servers;
    }

    /// <summary>What passes between a server's log and PostgreSQL.</summary>
    public CuttingProxy ProxyOf(int server) => _proxies[server];

    /// <summary>Makes a dataset at a server; its id.</summary>
    public async Task<string> CreateAsync(int server, string name)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(Address(server, "datasets"), new { name }, Ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
    }

    /// <summary>Writes a file at a server.</summary>
    public Task<HttpResponseMessage> PutAsync(int server, string dataset, string path, string content) =>
        _http.PutAsync(Address(server, $"datasets/{dataset}/entries/{path}"), new StringContent(content), Ct);

    /// <summary>Asks a server.</summary>
    public Task<HttpResponseMessage> GetAsync(int server, string path) => _http.GetAsync(Address(server, path), Ct);

    /// <summary>A server that joins.</summary>
    public async Task AddAsync()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-equal-").FullName;
        _folders.Add(folder);
        var proxy = new CuttingProxy(_database.Place.Address.Port);
        _proxies.Add(proxy);
        PostgresPlace zone = _database.Place;
        PostgresPlace log = zone with { Address = zone.Address with { Port = proxy.Port } };
        _servers.Add(await HutchServer.StartAsync(
            new ServeOptions
            {
                DataFolder = folder,
                HttpAddress = "127.0.0.1:0",
                Api = new ApiOptions { StopSeconds = 2 },
                Zone = new ZoneOptions
                {
                    Postgres = zone,
                    Accounts = new AccountOptions { HashIterations = 10 },
                },
                Site = new SiteOptions
                {
                    Engine = new ClusterEngineFactory(
                        log, () => _objects, _options, Guid.NewGuid),
                },
                ConfigureServices = static services => services.AddSingleton(AnalysisSteps.Catalog),
            },
            Ct));
    }

    /// <summary>The id of a server, as it is in the rows that it writes.</summary>
    public Guid IdOf(int server) => ServerFile.Open(LocalDisk.Instance, _folders[server], Guid.NewGuid).Server.Id;

    /// <summary>Stops a server for good.</summary>
    public ValueTask StopAsync(int server) => _stopped.Add(server) ? _servers[server].DisposeAsync() : ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        for (int i = 0; i < _servers.Count; i++)
        {
            await StopAsync(i);
        }

        foreach (CuttingProxy proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }

        await _database.DisposeAsync();
        foreach (string folder in _folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Uri Address(int server, string path) => new(_servers[server].Address, $"api/v1/{path}");
}
