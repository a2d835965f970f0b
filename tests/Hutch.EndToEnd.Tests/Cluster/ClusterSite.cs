using System.Globalization;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.S3;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>A site that several real servers share: an empty database, an empty bucket of Ceph's gateway, and servers with folders of their own.</summary>
internal sealed class ClusterSite : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ServerProcess> _servers = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    private ClusterSite(string database, string objects)
    {
        string key = _folder.Combine("bucket.key");
        File.WriteAllText(key, $"aws_access_key_id = {CephKey.AccessKey}\naws_secret_access_key = {CephKey.SecretKey}\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Options = ["--records", database, "--objects", objects, "--set", $"engine.objectsKeyFile={key}", "--set", "engine.cache.reserveBytes=0"];
    }

    /// <summary>What a server of the site is started with.</summary>
    public string[] Options { get; }

    public string NewFolder => _folder.Combine("server-" + _servers.Count.ToString(CultureInfo.InvariantCulture));

    private static (string AccessKey, string SecretKey) CephKey => ("CEPHACCESS", "ceph-secret");

    /// <summary>A site without a server.</summary>
    public static async Task<ClusterSite> CreateAsync(PostgresServer postgres, CephStore ceph, CancellationToken ct)
    {
        await ceph.ReadyAsync();
        string bucket = "site-" + Guid.NewGuid().ToString("N");
        using (AmazonS3Client client = new(
            new BasicAWSCredentials(ceph.AccessKey, ceph.SecretKey),
            new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{ceph.Port}", ForcePathStyle = true, AuthenticationRegion = "us-east-1" }))
        {
            await client.PutBucketAsync(bucket, ct);
        }

        return new ClusterSite(await postgres.CreateDatabaseAsync(ct), $"s3://127.0.0.1:{ceph.Port}/{bucket}");
    }

    /// <summary>Starts servers with empty folders, all at once; returns when they are ready.</summary>
    public async Task<ServerProcess[]> AddAsync(int count, CancellationToken ct)
    {
        var added = new ServerProcess[count];
        for (int i = 0; i < count; i++)
        {
            added[i] = ServerProcess.Start(NewFolder, LoopbackPort.FindFree(), Options);
            _servers.Add(added[i]);
        }

        foreach (ServerProcess server in added)
        {
            await server.WaitReadyAsync(ct);
        }

        return added;
    }

    /// <summary>A person with a home of their own.</summary>
    public CommandLine Person(string name) => new(_folder.Combine("homes", name), _folder.Combine("work", name));

    /// <summary>Sends the token of the administrator from here on.</summary>
    public void Authorize(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <summary>Writes a file of a dataset at a server.</summary>
    public async Task PutAsync(ServerProcess server, string dataset, string path, byte[] content, CancellationToken ct)
    {
        using HttpResponseMessage answer = await _http.PutAsync(Address(server, dataset, path), new ByteArrayContent(content), ct);
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

    private static Uri Address(ServerProcess server, string dataset, string path) =>
        new(server.Address, $"api/v1/datasets/{dataset}/entries/{path}");
}
