using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.S3;
using Hutch.Client;
using Hutch.Client.Configuration;
using Hutch.Cluster.Tests.Doors;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Objects.Http;
using Hutch.Objects.S3;
using Hutch.Peers;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>A site that several real servers share: an empty database, an empty bucket of Ceph's gateway, and servers with folders of their own.</summary>
internal sealed class ClusterSite : IServerDoors, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ServerProcess> _servers = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private S3Credentials _key = new("", "");
    private int _folders;

    private readonly CephStore _ceph;
    private readonly string _bucket;

    private ClusterSite(string database, CephStore ceph, string bucket)
    {
        (_ceph, _bucket) = (ceph, bucket);
        string objects = $"s3://127.0.0.1:{ceph.Port}/{bucket}";
        string key = _folder["bucket.key"];
        File.WriteAllText(key, $"aws_access_key_id = {CephKey.AccessKey}\naws_secret_access_key = {CephKey.SecretKey}\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Options = ["--records", database, "--objects", objects, "--set", $"engine.objectsKeyFile={key}", "--set", "engine.cache.reserveBytes=0"];
    }

    /// <inheritdoc/>
    public int Count => _servers.Count;

    /// <summary>What a server of the site is started with.</summary>
    public string[] Options { get; }

    /// <summary>The server of a number.</summary>
    public ServerProcess this[int server] => _servers[server];

    private static (string AccessKey, string SecretKey) CephKey => ("CEPHACCESS", "ceph-secret");

    /// <summary>A site without a server.</summary>
    public static async Task<ClusterSite> CreateAsync(PostgresServer postgres, CephStore ceph, CancellationToken ct)
    {
        await ceph.ReadyAsync();
        string bucket = "site-" + Guid.NewGuid().ToString("N");
        using (AmazonS3Client client = Connect(ceph))
        {
            await client.PutBucketAsync(bucket, ct);
        }

        return new ClusterSite(await postgres.CreateDatabaseAsync(ct), ceph, bucket);
    }

    /// <summary>The objects in the bucket whose names begin so, as the store itself lists them.</summary>
    public async Task<string[]> ListBucketAsync(string prefix, CancellationToken ct)
    {
        using AmazonS3Client client = Connect(_ceph);
        Amazon.S3.Model.ListObjectsV2Response page = await client.ListObjectsV2Async(
            new Amazon.S3.Model.ListObjectsV2Request { BucketName = _bucket, Prefix = prefix }, ct);
        return [.. (page.S3Objects ?? []).Select(static one => one.Key)];
    }

    /// <summary>Makes a dataset <c>shared</c> and a key for S3, at any server.</summary>
    /// <param name="token">Of whom they are.</param>
    public static async Task<(string Dataset, string Access, string Secret)> CreateSharedAsync(ServerProcess server, string token, CancellationToken ct)
    {
        using HutchClient client = new(server.Address, token);
        CreatedToken key = await client.CreateTokenAsync(new CreateToken { S3 = true }, ct);
        DatasetInfo made = await client.CreateDatasetAsync(new CreateDataset { Name = "shared" }, ct);
        return (made.Id.ToString(), key.AccessKey!, key.SecretKey!);
    }

    /// <summary>Starts servers with empty folders, all at once; returns when they are ready.</summary>
    public async Task<ServerProcess[]> AddAsync(int count, CancellationToken ct, params string[] more)
    {
        var added = new ServerProcess[count];
        for (int i = 0; i < count; i++)
        {
            added[i] = ServerProcess.Start(NewFolder(), LoopbackPort.FindFree(), [.. Options, .. more]);
            _servers.Add(added[i]);
        }

        foreach (ServerProcess server in added)
        {
            await server.WaitReadyAsync(ct);
        }

        return added;
    }

    /// <summary>The path of a folder that is not there yet.</summary>
    public string NewFolder() => _folder["server-" + (++_folders).ToString(CultureInfo.InvariantCulture)];

    /// <summary>The administrator at a command line that is logged in at one of the servers, or at what stands before them.</summary>
    public CommandLine LogIn(Uri server, string token)
    {
        string key = RemoteAddress.Key(server);
        UserConfig config = new() { Default = key, Remotes = { [key] = new RemoteConfig { Token = token } } };
        config.Save(_folder["home", ".config", "hutch", "config"]);
        return new CommandLine(_folder["home"], Directory.CreateDirectory(_folder["work"]).FullName);
    }

    /// <summary>Sends the token of the administrator from here on.</summary>
    public void Authorize(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <summary>Signs requests at the S3 doors with this key from here on.</summary>
    public void Authorize(string accessKey, string secretKey) => _key = new S3Credentials(accessKey, secretKey);

    /// <summary>Kills a server; later another one takes its place.</summary>
    /// <param name="server">Which.</param>
    /// <param name="isEmpty">Whether the other one begins with an empty folder, not where the killed one was.</param>
    /// <param name="later">What is done in between.</param>
    public async Task KillAsync(int server, bool isEmpty, Func<Task> later, CancellationToken ct)
    {
        ServerProcess killed = _servers[server];
        await killed.DisposeAsync();
        await later();
        _servers[server] = ServerProcess.Start(isEmpty ? NewFolder() : killed.DataFolder, LoopbackPort.FindFree(), [.. Options, ServerProcess.LivesLong]);
        await _servers[server].WaitReadyAsync(ct);
    }

    /// <inheritdoc/>
    public Task<HttpResponseMessage> GetAsync(int server, string path) => _http.GetAsync(new Uri(_servers[server].Address, $"api/v1/{path}"));

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> PutAsync(int server, string dataset, string path, string content)
    {
        using var body = new StringContent(content);
        return await _http.PutAsync(Address(_servers[server], dataset, path), body);
    }

    /// <inheritdoc/>
    public S3ObjectStore S3Of(int server, string dataset) => new(
        new S3Location(_servers[server].S3, dataset), _key, new S3ClientOptions { Retry = HttpRetry.Default with { MaxAttempts = 1 } });

    /// <inheritdoc/>
    /// <remarks>The kernel ends the connections of a process that was killed.</remarks>
    public CancellationToken GoneOf(int server) => TestContext.Current.CancellationToken;

    /// <summary>Writes a file of a dataset at a server.</summary>
    public async Task PutAsync(ServerProcess server, string dataset, string path, byte[] content, CancellationToken ct)
    {
        using HttpResponseMessage answer = await _http.PutAsync(Address(server, dataset, path), new ByteArrayContent(content), ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(ct));
    }

    /// <summary>Asks a server for a file, and says what it answers.</summary>
    public async Task<(HttpStatusCode Status, string Text)> TryGetAsync(ServerProcess server, string dataset, string path, CancellationToken ct)
    {
        using HttpResponseMessage answer = await _http.GetAsync(Address(server, dataset, path), ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
    }

    /// <summary>Writes a file of a dataset at a server; what it is made of comes as the test says.</summary>
    public Task<HttpResponseMessage> SendAsync(ServerProcess server, string dataset, string path, HttpContent content, CancellationToken ct) =>
        _http.PutAsync(Address(server, dataset, path), content, ct);

    /// <summary>Posts a document to a server, which must take it.</summary>
    public async Task PostAsync(ServerProcess server, string path, object document, CancellationToken ct)
    {
        using HttpResponseMessage answer = await _http.PostAsync(
            new Uri(server.Address, $"api/v1/{path}"), System.Net.Http.Json.JsonContent.Create(document), ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(ct));
    }

    /// <summary>Moves a dataset to the trash.</summary>
    public async Task TrashAsync(ServerProcess server, string dataset, CancellationToken ct)
    {
        using HttpResponseMessage answer = await _http.DeleteAsync(new Uri(server.Address, $"api/v1/datasets/{dataset}"), ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(ct));
    }

    /// <summary>Reads a file of a dataset at a server.</summary>
    public Task<byte[]> GetAsync(ServerProcess server, string dataset, string path, CancellationToken ct) =>
        _http.GetByteArrayAsync(Address(server, dataset, path), ct);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (ServerProcess server in _servers)
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static AmazonS3Client Connect(CephStore ceph) => new(
        new BasicAWSCredentials(ceph.AccessKey, ceph.SecretKey),
        new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{ceph.Port}", ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    private static Uri Address(ServerProcess server, string dataset, string path) =>
        new(server.Address, $"api/v1/datasets/{dataset}/entries/{path}");
}
