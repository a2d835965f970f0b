using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.Catalog.Search;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>What is purged at one of two servers is afterwards in no object, in no row, and on no server's disk; everything else is.</summary>
public sealed class SharedPurgeTests(PostgresServer postgres) : TwoServerTests(postgres)
{
    private const string Secret = "mueller";

    /// <summary>The secret itself; the hash of the small file as bytes, in the order in which the tables have them, and as text.</summary>
    private static readonly byte[][] Words =
    [
        Encoding.ASCII.GetBytes(Secret),
        Convert.FromHexString(BlobHash.Compute(Small).ToString()),
        Encoding.ASCII.GetBytes(BlobHash.Compute(Small).ToString()),
    ];

    private readonly byte[] _small = RandomNumberGenerator.GetBytes(5000);
    private readonly byte[] _large = RandomNumberGenerator.GetBytes(9 << 20);
    private SiteDataset _kept = null!;
    private SiteDataset _purged = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _kept = await A.Site.CreateAsync("kept");
        _purged = await A.Site.CreateAsync("purged");
    }

    [Fact]
    public async Task Nothing_of_it_is_left_in_the_bucket_the_database_and_the_folders_of_both_servers()
    {
        await FillAsync();

        CollectionReport report = await PurgeAsync();

        Assert.Equal((0, 0), (report.LeftSegments, report.UncleanServers?.Count));
        Assert.Empty(await A.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
        AssertGone();
        await AssertKeptAsync(A);
        await AssertKeptAsync(B);
        await using TestServer late = await TestServer.OpenAsync(Database.Place, Objects);
        await AssertKeptAsync(late);
        Assert.Equal(await A.Site.DumpAsync(), await late.Site.DumpAsync());
    }

    [Fact]
    public async Task What_was_condemned_before_and_waits_for_its_time_goes_too()
    {
        await FillAsync();
        await A.Site.RemoveAsync(_purged.Id, "large " + Secret);
        await A.Site.RemoveAsync(_purged.Id, Secret);
        await A.Site.Site.Collector.CollectAsync(Ct);
        await A.PackAsync();

        await PurgeAsync();

        AssertGone();
        await AssertKeptAsync(B);
    }

    [Fact]
    public async Task A_server_that_is_away_is_named_until_it_comes_back_and_makes_its_folder_anew_before_it_serves()
    {
        await FillAsync();
        await B.Site.Site.DisposeAsync();

        CollectionReport report = await PurgeAsync();

        Assert.Single(report.UncleanServers!);
        Assert.Single(await A.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
        await UntilWarnedAsync(true);
        Assert.True(IsIn(B.Site.Folder));

        await B.Site.ReopenAsync();

        AssertGone();
        await AssertKeptAsync(B);
        await UntilWarnedAsync(false);
        Assert.Equal(0, (await A.Site.Site.Collector.CollectPurgedAsync(_purged, Ct)).Segments);
        Assert.Empty(await A.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
    }

    [Fact]
    public async Task A_server_that_is_gone_for_good_is_forgotten_and_begins_anew_should_it_come_back()
    {
        await FillAsync();
        Guid gone = B.Engine.Identity.Id;
        Assert.Equal("failed", (await RemoveAsync(gone)).State);
        await B.Site.Site.DisposeAsync();
        Assert.Single((await PurgeAsync()).UncleanServers!);

        Assert.Equal("done", (await RemoveAsync(gone)).State);

        Assert.Empty((await A.Site.Site.Collector.CollectPurgedAsync(_purged, Ct)).UncleanServers!);
        Assert.Empty(await A.Site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), Ct));
        await B.Site.ReopenAsync();
        AssertGone();
        await AssertKeptAsync(B);
    }

    private async Task<MaintenanceJob> RemoveAsync(Guid id)
    {
        MaintenanceJob job = (await A.Site.Site.Jobs.StartAsync(
            "forget-server", [new("server", JsonSerializer.SerializeToElement(id.ToString("N")))], Ct)).Value;
        await A.Site.Site.Jobs.WaitAsync(job.Id, Ct);
        return (await A.Site.Site.Jobs.ListAsync(Ct)).Value.Single(one => one.Id == job.Id);
    }

    private async Task UntilWarnedAsync(bool isWarned)
    {
        while ((await A.Site.Site.Warnings.ReadAsync(Ct)).Any(static warning => warning.Kind == "purge-not-confirmed") != isWarned)
        {
            await Task.Delay(50, Ct);
        }
    }

    private async Task FillAsync()
    {
        await A.Site.PutAsync(_kept.Id, "small", _small);
        await A.Site.PutAsync(_kept.Id, "large", _large);
        await A.Site.PutAsync(_purged.Id, "shared", _small);
        await A.Site.PutAsync(_purged.Id, Secret, Small);
        await A.Site.PutAsync(_purged.Id, "large " + Secret, Repeated(2 << 20));
        await A.Site.Site.HeadCompactor.CompactAsync(_purged.Id, CompactionRequest.Automatic, Ct);
        await A.Site.Site.HeadCompactor.CompactAsync(_kept.Id, CompactionRequest.Automatic, Ct);
        await A.PackAsync();
        await B.Site.Site.ReadIndex.AwaitAsync(Ct);
        foreach (TestServer one in (TestServer[])[A, B])
        {
            Assert.NotNull(await one.Site.ReadAsync(_purged.Id, Secret));
            Assert.NotNull(await one.Site.ReadAsync(_purged.Id, "large " + Secret));
            await one.Site.Site.Words.UpdateAsync(
                index =>
                {
                    index.Put(new SearchDocument(_purged.Key, _purged.Id, "ada/patient", "patient " + Secret, [SearchAudience.Public]));
                    return Task.FromResult(Done.Value);
                },
                Ct);
        }

        Assert.Contains(Objects.Keys, key => Has(Objects[key]));
        Assert.True(IsIn(B.Site.Folder));
    }

    private async Task<CollectionReport> PurgeAsync()
    {
        SiteDataset ended = (await A.Site.Site.Lifecycle.PurgeAsync(_purged.Id, "withdrawn consent", "anna", Ct)).Value;
        return await A.Site.Site.Collector.CollectPurgedAsync(ended, Ct);
    }

    private void AssertGone()
    {
        Assert.All(Objects.Keys, key => Assert.False(Has(Objects[key]), key));
        foreach (string column in (string[])["journal", "directory", "coalesce(bodies, '')"])
        {
            foreach (byte[] word in Words)
            {
                Assert.Equal(0, Database.Ask<long>(
                    $"SELECT count(*) FROM site_log WHERE position('\\x{Convert.ToHexString(word)}'::bytea IN {column}) > 0"));
            }
        }

        Assert.False(IsIn(A.Site.Folder));
        Assert.False(IsIn(B.Site.Folder));
    }

    private async Task AssertKeptAsync(TestServer one)
    {
        await one.Site.Site.ReadIndex.AwaitAsync(Ct);
        Assert.Equal(_small, await one.Site.ReadAsync(_kept.Id, "small"));
        Assert.Equal(_large, await one.Site.ReadAsync(_kept.Id, "large"));
        Assert.Null(await one.Site.Site.Blobs.FindAsync(BlobHash.Compute(Repeated(2 << 20)), Ct));
    }

    private static bool IsIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(static file => Has(File.ReadAllBytes(file)));

    private static bool Has(byte[] bytes) => Array.Exists(Words, word => bytes.AsSpan().IndexOf(word) >= 0);

    private static byte[] Small => Encoding.ASCII.GetBytes($"the secret of patient {Secret}");

    private static byte[] Repeated(int length) =>
        [.. Enumerable.Range(0, length).Select(static i => (byte)(i % 20 < Secret.Length ? Secret[i % 20] : ' '))];
}
