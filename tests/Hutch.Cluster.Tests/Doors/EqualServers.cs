using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hutch.Api;
using Hutch.Catalog.Postgres;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Tests.Support;
using Hutch.Contracts;
using Hutch.Datasets.Facility;
using Hutch.Disk;
using Hutch.Objects.Http;
using Hutch.Objects.S3;
using Hutch.Peers.Postgres;
using Hutch.S3;
using Hutch.Server;
using Hutch.Site;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// Whole servers, each with a REST door, an S3 door and a folder of its own, over one PostgreSQL, which has zone and log, and one bucket. What
/// each server says to PostgreSQL passes proxies of its own.
/// </summary>
internal sealed class EqualServers : IServerDoors, IAsyncDisposable
{
    private const string Bucket = "bucket";
    private const string Access = "HKTEST";
    private const string Secret = "s3cr3t";

    /// <summary>Bytes of a frame that is captured.</summary>
    public const int CaptureBytes = 1000;

    private readonly List<Node> _nodes = [];
    private readonly List<Node> _dead = [];
    private readonly HashSet<Node> _stopped = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly HttpClient _strangers = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly TestDatabase _database;
    private readonly ClusterOptions _options;
    private readonly string? _https;
    private readonly TimeSpan _maxOffline;
    private readonly IFacilityFolders? _agent;
    private S3Credentials _key = new("", "");

    private EqualServers(TestDatabase database, ClusterOptions options, string? https, TimeSpan maxOffline, IFacilityFolders? agent)
    {
        (_database, _options, _https, _maxOffline, _agent) = (database, options, https, maxOffline, agent);
        Objects.Buckets[Bucket] = new(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public int Count => _nodes.Count;

    /// <summary>The bucket that all share, and what goes wrong with it.</summary>
    public FakeBucketStore Objects { get; } = new(Access, Secret);

    /// <summary>The database of all.</summary>
    public TestDatabase Database => _database;

    /// <summary>The names of the objects in the bucket.</summary>
    public IReadOnlyCollection<string> ObjectKeys => [.. Objects.Buckets[Bucket].Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<EqualServers> StartAsync(
        PostgresServer postgres, int count, ClusterOptions? options = null, string? https = null, TimeSpan maxOffline = default,
        IFacilityFolders? agent = null)
    {
        var servers = new EqualServers(
            await TestDatabase.CreateAsync(postgres, Ct), options ?? TestServer.Options(), https, maxOffline, agent);
        for (int i = 0; i < count; i++)
        {
            await servers.AddAsync();
        }

        string token = await File.ReadAllTextAsync(Path.Combine(servers._nodes[0].Folder, AdminAccount.TokenFileName), Ct);
        servers._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        JsonElement key = await servers.PostAsync(0, "tokens", new { s3 = true });
        servers._key = new S3Credentials(key.GetProperty("accessKey").GetString()!, key.GetProperty("secretKey").GetString()!);
        return servers;
    }

    /// <summary>What passes between a server's log and PostgreSQL.</summary>
    public CuttingProxy ProxyOf(int server) => _nodes[server].Log;

    /// <summary>Makes a dataset at a server; its id.</summary>
    public async Task<string> CreateAsync(int server, string name) =>
        (await PostAsync(server, "datasets", new { name })).GetProperty("id").GetString()!;

    /// <summary>Posts a document to a server, which must take it; its answer.</summary>
    public async Task<JsonElement> PostAsync(int server, string path, object document)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(Address(server, path), document, Ct);
        string text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Sends a document to a server.</summary>
    public async Task<HttpResponseMessage> SendAsync(int server, HttpMethod method, string path, object document)
    {
        using var request = new HttpRequestMessage(method, Address(server, path)) { Content = JsonContent.Create(document) };
        return await _http.SendAsync(request, Ct);
    }

    /// <summary>Asks a server as somebody else: with another token, or with none.</summary>
    public async Task<HttpStatusCode> StatusAsync(int server, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(server, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await _strangers.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    /// <summary>What a server answers to somebody else.</summary>
    public async Task<string> TextAsync(int server, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(server, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await _strangers.SendAsync(request, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>Stores a frame at a server as a capture does.</summary>
    public async Task CaptureAsync(int server, string dataset, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Address(server, $"datasets/{dataset}/entries/{path}"))
        {
            Content = new ByteArrayContent(new byte[CaptureBytes]),
            Headers = { { HutchHeaders.Work, HutchHeaders.CaptureWork } },
        };
        using HttpResponseMessage answer = await _http.SendAsync(request, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>Makes an account at a server; its token.</summary>
    public async Task<string> AddUserAsync(int server, string name) =>
        (await PostAsync(server, "users", new { name })).GetProperty("token").GetString()!;

    /// <summary>Makes another token of the administrator.</summary>
    public async Task<string> AddTokenAsync(int server) =>
        (await PostAsync(server, "tokens", new { })).GetProperty("token").GetString()!;

    /// <summary>Lets a user read a dataset, or not any more.</summary>
    public async Task ShareAsync(int server, string dataset, string user, bool mayRead)
    {
        Uri grant = Address(server, $"datasets/{dataset}/grants/user:{user}");
        using HttpResponseMessage answer = await (mayRead
            ? _http.PutAsJsonAsync(grant, new { right = "read" }, Ct)
            : _http.DeleteAsync(grant, Ct));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>The version of accounts and rights of which a server has heard.</summary>
    public long ZoneVersionOf(int server) => _nodes[server].Server.Zone.Changes.Version;

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> PutAsync(int server, string dataset, string path, string content)
    {
        Node node = _nodes[server];
        using var body = new StringContent(content);
        return await _http.PutAsync(new Uri(node.Server.Address, $"api/v1/datasets/{dataset}/entries/{path}"), body, node.Gone.Token);
    }

    /// <inheritdoc/>
    public Task<HttpResponseMessage> GetAsync(int server, string path) => _http.GetAsync(Address(server, path), _nodes[server].Gone.Token);

    /// <inheritdoc/>
    public S3ObjectStore S3Of(int server, string dataset) => new(
        new S3Location(_nodes[server].S3, dataset), _key, new S3ClientOptions { Retry = HttpRetry.Default with { MaxAttempts = 1 } });

    /// <summary>Asks a server for a range of a path, or with another method.</summary>
    public Task<HttpResponseMessage> SendAsync(int server, HttpMethod method, string path, (long From, long To)? range = null)
    {
        var request = new HttpRequestMessage(method, Address(server, path));
        request.Headers.Range = range is { } bytes ? new RangeHeaderValue(bytes.From, bytes.To) : null;
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _nodes[server].Gone.Token);
    }

    /// <summary>Somebody with an account and no rights to anything.</summary>
    public async Task<HttpClient> PersonAsync(string name)
    {
        string token = (await PostAsync(0, "users", new { name })).GetProperty("token").GetString()!;
        return new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
    }

    /// <summary>The site as a server sees it.</summary>
    public SiteServices SiteOf(int server) => _nodes[server].Server.Site;

    /// <summary>Where a server's REST door is.</summary>
    public Uri AddressOf(int server) => _nodes[server].Server.Address;

    /// <inheritdoc/>
    public CancellationToken GoneOf(int server) => _nodes[server].Gone.Token;

    /// <summary>The id of a server, as it is in the rows that it writes.</summary>
    public Guid IdOf(int server) => ServerFile.Open(LocalDisk.Instance, _nodes[server].Folder, Guid.NewGuid).Server.Id;

    /// <summary>Stops a server for good.</summary>
    public ValueTask StopAsync(int server) => StopAsync(_nodes[server]);

    /// <summary>A server that joins.</summary>
    public async Task AddAsync() => _nodes.Add(await StartAsync());

    /// <summary>
    /// Kills a server as far as anybody else can tell: its clients and PostgreSQL lose it at once, whatever it was doing. Later another one,
    /// with an empty folder, takes its place.
    /// </summary>
    public async Task KillAsync(int server, Func<Task> later)
    {
        Node killed = _nodes[server];
        _dead.Add(killed);
        await killed.Gone.CancelAsync();
        killed.Log.Sever();
        killed.Zone.Sever();
        await later();
        _nodes[server] = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _strangers.Dispose();
        Node[] all = [.. _dead.Union(_nodes)]; // one that was killed is in both when nothing could take its place
        await Task.WhenAll(all.Select(node => StopAsync(node).AsTask()));
        foreach (Node node in all)
        {
            await node.Log.DisposeAsync();
            await node.Zone.DisposeAsync();
            node.Gone.Dispose();
            Directory.Delete(node.Folder, recursive: true);
        }

        Objects.Dispose();
        await _database.DisposeAsync();
    }

    private ValueTask StopAsync(Node node) => _stopped.Add(node) ? node.Server.DisposeAsync() : ValueTask.CompletedTask;

    private async Task<Node> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-equal-").FullName;
        var log = new CuttingProxy(_database.Place.Address.Port);
        var zone = new CuttingProxy(_database.Place.Address.Port);
        HutchServer server = await HutchServer.StartAsync(
            new ServeOptions
            {
                DataFolder = folder,
                HttpAddress = "127.0.0.1:0",
                HttpsAddress = _https,
                Api = new ApiOptions { StopSeconds = 2 },
                Zone = new ZoneOptions
                {
                    Postgres = PlaceThrough(zone),
                    Accounts = new AccountOptions { HashIterations = 10 },
                    MaxOffline = _maxOffline,
                },
                Site = new SiteOptions
                {
                    Engine = new ClusterEngineFactory(
                        PlaceThrough(log), OpenBucket, _options, Guid.NewGuid),
                },
                S3 = new S3Options { Address = "127.0.0.1:0", StopSeconds = 2 },
                Facility = _nodes.Count == 0 ? _agent : null,
            },
            Ct);
        Uri s3 = server.Doors.Single(static door => door.Door == "S3").Address;
        return new Node(server, s3, folder, log, zone, CancellationTokenSource.CreateLinkedTokenSource(Ct));
    }

    private PostgresDatabase PlaceThrough(CuttingProxy proxy) =>
        _database.Place with { Address = _database.Place.Address with { Port = proxy.Port } };

    private S3ObjectStore OpenBucket() => new S3ObjectStore(
        S3Location.Parse($"s3://store:7480/{Bucket}").Value,
        new S3Credentials(Access, Secret),
        new S3ClientOptions
        {
            Handler = Objects.Unowned(),
            Retry = HttpRetry.Default with { Time = new InstantTime() },
            AnswerTimeout = TimeSpan.FromSeconds(2),
        });

    private Uri Address(int server, string path) => new(_nodes[server].Server.Address, $"api/v1/{path}");

    private sealed record Node(
        HutchServer Server, Uri S3, string Folder, CuttingProxy Log, CuttingProxy Zone, CancellationTokenSource Gone);
}
