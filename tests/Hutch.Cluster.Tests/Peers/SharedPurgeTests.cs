using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.Catalog.Search;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;
using Hutch.Site.Heads;
using Hutch.Site.Maintenance;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>What is purged at one of two servers is afterwards in no object, in no row, and on no server's disk; everything else is.</summary>
public sealed class SharedPurgeTests(PostgresServer server) : IAsyncLifetime
{
    private const string Secret = "mueller";

    /// <summary>The secret itself; the hash of the small file as bytes, in the order in which the tables have them, and as text.</summary>
    private static readonly byte[][] Words =
    [
        Encoding.ASCII.GetBytes(Secret),
        Convert.FromHexString(BlobHash.Of(Small).ToString()),
        Encoding.ASCII.GetBytes(BlobHash.Of(Small).ToString()),
    ];

    private readonly MemoryObjectStore _objects = new();
    private readonly byte[] _small = RandomNumberGenerator.GetBytes(5000);
    private readonly byte[] _large = RandomNumberGenerator.GetBytes(9 << 20);
    private TestDatabase _database = null!;
    private TestServer _a = null!;
    private TestServer _b = null!;
    private SiteDataset _kept = null!;
    private SiteDataset _purged = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await TestServer.OpenAsync(_database.Place, _objects);
        _b = await TestServer.OpenAsync(_database.Place, _objects);
        _kept = await _a.Site.CreateAsync("kept");
        _purged = await _a.Site.CreateAsync("purged");
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_of_it_is_left_in_the_bucket_the_database_and_the_folders_of_both_servers()
    {
        await FillAsync();

        CollectionReport report = await PurgeAsync();

        Assert.Equal((0, 0), (report.LeftSegments, report.UncleanServers?.Count));
        Assert.Empty(await _a.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
        AssertGone();
        await AssertKeptAsync(_a);
        await AssertKeptAsync(_b);
        await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects);
        await AssertKeptAsync(late);
        Assert.Equal(await _a.Site.DumpAsync(), await late.Site.DumpAsync());
    }

    [Fact]
    public async Task What_was_condemned_before_and_waits_for_its_time_goes_too()
    {
        await FillAsync();
        await _a.Site.RemoveAsync(_purged.Id, "large " + Secret);
        await _a.Site.RemoveAsync(_purged.Id, Secret);
        await _a.Site.Site.Collector.CollectAsync(Ct);
        await _a.PackAsync();

        await PurgeAsync();

        AssertGone();
        await AssertKeptAsync(_b);
    }

    [Fact]
    public async Task A_server_that_is_away_is_named_until_it_comes_back_and_makes_its_folder_anew_before_it_serves()
    {
        await FillAsync();
        await _b.Site.Site.DisposeAsync();

        CollectionReport report = await PurgeAsync();

        Assert.Single(report.UncleanServers!);
        Assert.Single(await _a.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
        await UntilWarnedAsync(true);
        Assert.True(IsIn(_b.Site.Folder));

        await _b.Site.ReopenAsync();

        AssertGone();
        await AssertKeptAsync(_b);
        await UntilWarnedAsync(false);
        Assert.Equal(0, (await _a.Site.Site.Collector.CollectPurgedAsync(_purged, Ct)).Segments);
        Assert.Empty(await _a.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
    }

    [Fact]
    public async Task A_server_that_is_gone_for_good_is_forgotten_and_begins_anew_should_it_come_back()
    {
        await FillAsync();
        Guid gone = _b.Engine.Identity.Id;
        Assert.Equal("failed", (await ForgetAsync(gone)).State);
        await _b.Site.Site.DisposeAsync();
        Assert.Single((await PurgeAsync()).UncleanServers!);

        Assert.Equal("done", (await ForgetAsync(gone)).State);

        Assert.Empty((await _a.Site.Site.Collector.CollectPurgedAsync(_purged, Ct)).UncleanServers!);
        Assert.Empty(await _a.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
        await _b.Site.ReopenAsync();
        AssertGone();
        await AssertKeptAsync(_b);
    }

    private async Task<MaintenanceJob> ForgetAsync(Guid id)
    {
        MaintenanceJob job = (await _a.Site.Site.Jobs.StartAsync(
            "forget-server", [new("server", JsonSerializer.SerializeToElement(id.ToString("N")))], Ct)).Value;
        await _a.Site.Site.Jobs.WaitAsync(job.Id, Ct);
        return (await _a.Site.Site.Jobs.ListAsync(Ct)).Value.Single(one => one.Id == job.Id);
    }

    private async Task UntilWarnedAsync(bool isWarned)
    {
        while ((await _a.Site.Site.Warnings.ReadAsync(Ct)).Any(static warning => warning.Kind == "purge-not-confirmed") != isWarned)
        {
            await Task.Delay(50, Ct);
        }
    }

    private async Task FillAsync()
    {
        await _a.Site.PutAsync(_kept.Id, "small", _small);
        await _a.Site.PutAsync(_kept.Id, "large", _large);
        await _a.Site.PutAsync(_purged.Id, "shared", _small);
        await _a.Site.PutAsync(_purged.Id, Secret, Small);
        await _a.Site.PutAsync(_purged.Id, "large " + Secret, Repeated(2 << 20));
        await _a.Site.Site.HeadFolder.FoldAsync(_purged.Id, FoldRequest.Automatic, Ct);
        await _a.Site.Site.HeadFolder.FoldAsync(_kept.Id, FoldRequest.Automatic, Ct);
        await _a.PackAsync();
        await _b.Site.Site.Fresh.AwaitAsync(Ct);
        foreach (TestServer one in (TestServer[])[_a, _b])
        {
            Assert.NotNull(await one.Site.ReadAsync(_purged.Id, Secret));
            Assert.NotNull(await one.Site.ReadAsync(_purged.Id, "large " + Secret));
            await one.Site.Site.Words.UpdateAsync(
                index =>
                {
                    index.Put(new SearchDocument(_purged.Key, _purged.Id, "patient " + Secret, [SearchAudience.Public]));
                    return Task.FromResult(Done.Value);
                },
                Ct);
        }

        Assert.Contains(_objects.Keys, key => Has(_objects[key]));
        Assert.True(IsIn(_b.Site.Folder));
    }

    private async Task<CollectionReport> PurgeAsync()
    {
        SiteDataset ended = (await _a.Site.Site.Lifecycle.PurgeAsync(_purged.Id, "withdrawn consent", "anna", Ct)).Value;
        return await _a.Site.Site.Collector.CollectPurgedAsync(ended, Ct);
    }

    private void AssertGone()
    {
        Assert.All(_objects.Keys, key => Assert.False(Has(_objects[key]), key));
        foreach (string column in (string[])["journal", "directory", "coalesce(bodies, '')"])
        {
            foreach (byte[] word in Words)
            {
                Assert.Equal(0, _database.Ask<long>(
                    $"SELECT count(*) FROM site_log WHERE position('\\x{Convert.ToHexString(word)}'::bytea IN {column}) > 0"));
            }
        }

        Assert.False(IsIn(_a.Site.Folder));
        Assert.False(IsIn(_b.Site.Folder));
    }

    private async Task AssertKeptAsync(TestServer one)
    {
        await one.Site.Site.Fresh.AwaitAsync(Ct);
        Assert.Equal(_small, await one.Site.ReadAsync(_kept.Id, "small"));
        Assert.Equal(_large, await one.Site.ReadAsync(_kept.Id, "large"));
        Assert.Null(await one.Site.Site.Blobs.FindAsync(BlobHash.Of(Repeated(2 << 20)), Ct));
    }

    private static bool IsIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(static file => Has(File.ReadAllBytes(file)));

    private static bool Has(byte[] bytes) => Array.Exists(Words, word => bytes.AsSpan().IndexOf(word) >= 0);

    private static byte[] Small => Encoding.ASCII.GetBytes($"the secret of patient {Secret}");

    private static byte[] Repeated(int length) =>
        [.. Enumerable.Range(0, length).Select(static i => (byte)(i % 20 < Secret.Length ? Secret[i % 20] : ' '))];
}
