using System.Security.Cryptography;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Tests.Support;
using Hutch.Model.Site;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;
using Hutch.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Tests.Sites;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Servers of one site over one PostgreSQL and one bucket.</summary>
public sealed class ObjectsBesidePostgresTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _database = null!;
    private TestSite _a = null!;
    private TestSite _b = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await OpenAsync();
        _b = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Small_and_large_files_of_one_server_are_read_by_the_others_now_and_after_a_restart()
    {
        SiteDataset dataset = await _a.CreateAsync("shared");
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] large = RandomNumberGenerator.GetBytes((5 << 20) + 17);
        Assert.True((await _a.PutAsync(dataset.Id, "small", small)).IsOk);
        Assert.True((await _a.PutAsync(dataset.Id, "large", large)).IsOk);

        // Whoever writes has seen what others wrote.
        Assert.True((await _b.PutAsync(dataset.Id, "of b", "b")).IsOk);
        Assert.Equal(small, await _b.ReadAsync(dataset.Id, "small"));
        Assert.Equal(large, await _b.ReadAsync(dataset.Id, "large"));
        Assert.True((await _a.PutAsync(dataset.Id, "of a", "a")).IsOk);
        Assert.Equal("b"u8.ToArray(), await _a.ReadAsync(dataset.Id, "of b"));

        await _b.ReopenAsync();
        await using TestSite late = await OpenAsync();
        foreach (TestSite site in new[] { _b, late })
        {
            Assert.Equal(small, await site.ReadAsync(dataset.Id, "small"));
            Assert.Equal(large, await site.ReadAsync(dataset.Id, "large"));
        }

        Assert.Equal(6, _objects.Keys.Count(static key => key.StartsWith("extents/", StringComparison.Ordinal)));
    }

    private Task<TestSite> OpenAsync() => TestSite.OpenAsync(new SiteOptions
    {
        Engine = new ClusterEngineFactory(_database.Place, () => _objects, TestServer.Options(), Guid.NewGuid, NullLoggerFactory.Instance),
        Blobs = new BlobOptions { ExtentBytes = 1 << 20 },
    });
}
