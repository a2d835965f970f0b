using System.Security.Cryptography;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Tests.Support;
using Hutch.Model.Site;
using Hutch.Objects.S3;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Storage.Caching;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>The same over a bucket of Ceph's gateway: claimed, filled, packed, merged, read again and swept.</summary>
public sealed class CephBesidePostgresTests(PostgresServer server, CephStore ceph)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_lives_in_a_bucket_of_Ceph()
    {
        await ceph.ReadyAsync();
        S3Location location = S3Location.Parse($"s3://127.0.0.1:{ceph.Port}/hutch-{Guid.NewGuid():N}").Value;
        var key = new S3Credentials(ceph.AccessKey, ceph.SecretKey);
        using (var client = new S3Client(location, key, new S3ClientOptions()))
        {
            Assert.True(await client.EnsureBucketAsync(Ct));
        }

        await using TestDatabase database = await TestDatabase.CreateAsync(server, Ct);
        var options = new ClusterOptions
        {
            Cache = new CacheOptions { CacheBytes = 0 },
            Packs = new PackOptions { PackBytes = 1 << 16, MergedBytes = 1 << 20, MergeAtPacks = 2 },
        };
        await using TestServer a = await TestServer.OpenAsync(database.Place, Connect(), options);
        await using TestServer b = await TestServer.OpenAsync(database.Place, Connect(), options);
        SiteDataset dataset = await a.Site.CreateAsync("shared");
        await b.Site.Site.ReadIndex.AwaitAsync(Ct);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (int i = 0; i < 6; i++)
        {
            byte[] content = RandomNumberGenerator.GetBytes(i == 5 ? 3 << 20 : 3000 * i);
            files[$"file {i}"] = content;
            Assert.True((await (i % 2 == 0 ? a : b).Site.PutAsync(dataset.Id, $"file {i}", content)).IsOk);
            await a.PackAsync();
        }

        ScrubSummary scrubbed = await b.Engine.Objects.Scrub(new ScrubOptions()).RunAsync(static (_, _) => { }, Ct);
        b.Site.Time.Advance(TimeSpan.FromDays(31));
        database.Run("UPDATE site_server SET applied_row = (SELECT last_row FROM site_head)");
        await using IJobLease lease = await b.TakeAsync("deleting objects");
        int deleted = await b.Engine.Objects.SweepOnceAsync(b.Engine.PacksOf(lease), Ct);

        Assert.Empty(scrubbed.Damage);
        Assert.True(deleted > 0);
        await b.Site.Site.ReadIndex.AwaitAsync(Ct);
        foreach ((string path, byte[] content) in files)
        {
            Assert.Equal(content, await b.Site.ReadAsync(dataset.Id, path));
        }

        S3ObjectStore Connect() => new(location, key, new S3ClientOptions());
    }
}
