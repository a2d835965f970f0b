using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;

namespace Hutch.Site.Tests.Sites;

/// <summary>Files that come in parts: they survive what everything else survives.</summary>
public sealed class PartUploadTests
{
    private static readonly Entry Plain = new() { Kind = EntryKind.File };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rebuilt_database_has_uploads_and_what_came_of_them()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("parts");
        byte[] whole = await UploadAsync(site, dataset, "done", 2 << 20, 700_000);
        SiteUpload open = await StartAsync(site, dataset, "open");
        await PutAsync(site, open, 3, RandomNumberGenerator.GetBytes(2 << 20));
        await PutAsync(site, open, 3, RandomNumberGenerator.GetBytes(100));
        await site.Site.Settings.SetAsync(dataset.Id, "s3.tags", "{}", "anna", Ct);
        SiteUpload aborted = await StartAsync(site, dataset, "aborted");
        await site.Site.Uploads.AbortAsync(aborted.Id, Ct);

        List<string> before = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        List<string> rebuilt = await site.DumpAsync();
        await site.Site.Checkpointer.WriteAsync(Ct);
        List<string> beforeSecond = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);

        Assert.Equal(before, rebuilt);
        Assert.Equal(beforeSecond, await site.DumpAsync());
        Assert.Equal(whole, await site.ReadAsync(dataset.Id, "done"));
        Assert.Equal(100, Assert.Single(await site.Site.Uploads.PartsAsync(open, 0, 10, Ct)).Size);
    }

    [Fact]
    public async Task A_collection_keeps_the_parts_of_files_and_of_open_uploads_and_frees_those_that_were_given_up()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("parts");
        byte[] whole = await UploadAsync(site, dataset, "done", 3 << 20, 3 << 20, 5);
        byte[] part = RandomNumberGenerator.GetBytes(3 << 20);
        SiteUpload open = await StartAsync(site, dataset, "open");
        SiteUploadPart kept = await PutAsync(site, open, 1, part);
        SiteUpload given = await StartAsync(site, dataset, "given up");
        await PutAsync(site, given, 1, RandomNumberGenerator.GetBytes(20 << 20));
        await site.Site.Uploads.AbortAsync(given.Id, Ct);

        CollectionReport report = await site.Site.Collector.CollectAsync(Ct);
        report = report with { FreedBytes = report.FreedBytes + (await site.Site.Collector.CollectAsync(Ct)).FreedBytes };

        Assert.True(report.FreedBytes > 19 << 20, $"{report}");
        Assert.Equal(whole, await site.ReadAsync(dataset.Id, "done"));
        Result<Entry> completed = await site.Site.Uploads.CompleteAsync(open, [kept], _ => Plain, EntryCondition.None, NoRefusal, Ct);
        Assert.True(completed.IsOk, completed.Error?.Message);
        Assert.Equal(part, await site.ReadAsync(dataset.Id, "open"));
    }

    [Fact]
    public async Task Parts_of_several_extents_that_came_last_first_give_the_hash_of_the_whole()
    {
        await using TestSite site = await TestSite.OpenAsync(new SiteOptions
        {
            Blobs = new BlobOptions { ExtentBytes = 2 << 20 },
            Segments = new SegmentOptions { ReserveBytes = 1 << 20 },
        });
        SiteDataset dataset = await site.CreateAsync("parts");
        byte[] whole = RandomNumberGenerator.GetBytes(15 << 20);
        SiteUpload upload = await StartAsync(site, dataset, "x");
        var parts = new SiteUploadPart[3];
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            parts[i] = await PutAsync(site, upload, i + 1, whole[(i * 5 << 20)..((i + 1) * 5 << 20)]);
        }

        Result<Entry> completed = await site.Site.Uploads.CompleteAsync(upload, parts, _ => Plain, EntryCondition.None, NoRefusal, Ct);

        Assert.All(parts, static part => Assert.Equal(3, part.Extents.Count));
        Assert.Equal(BlobHash.Compute(whole), completed.Value.Hash);
        Assert.Equal(whole, await site.ReadAsync(dataset.Id, "x"));
    }

    [Fact]
    public async Task A_completion_with_a_replaced_part_is_refused()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("parts");
        SiteUpload upload = await StartAsync(site, dataset, "x");
        SiteUploadPart first = await PutAsync(site, upload, 1, [1]);
        await PutAsync(site, upload, 1, [2]);

        Result<Entry> completed = await site.Site.Uploads.CompleteAsync(upload, [first], _ => Plain, EntryCondition.None, NoRefusal, Ct);

        Assert.Equal(ErrorCode.Conflict, completed.Error?.Code);
    }

    [Fact]
    public async Task An_incomplete_upload_expires()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("parts");
        SiteDataset quick = await site.CreateAsync("quick");
        await site.Site.Settings.SetLifecycleAsync(quick.Id, new LifecycleRule(null, 2, null), "anna", Ct);
        SiteUpload slow = await StartAsync(site, dataset, "x");
        SiteUpload ruled = await StartAsync(site, quick, "x");

        await site.PassAsync(TimeSpan.FromDays(3));
        await site.Site.Rules.RunAsync(Ct);
        Assert.False((await site.Site.Uploads.FindAsync(ruled.Id, Ct)).IsOk);
        Assert.True((await site.Site.Uploads.FindAsync(slow.Id, Ct)).IsOk);

        await site.PassAsync(TimeSpan.FromDays(30));
        await site.Site.Rules.RunAsync(Ct);
        Assert.False((await site.Site.Uploads.FindAsync(slow.Id, Ct)).IsOk);
    }

    private static async Task<byte[]> UploadAsync(TestSite site, SiteDataset dataset, string path, params int[] sizes)
    {
        SiteUpload upload = await StartAsync(site, dataset, path);
        var parts = new List<SiteUploadPart>();
        var whole = new List<byte>();
        foreach (int size in sizes)
        {
            byte[] bytes = RandomNumberGenerator.GetBytes(size);
            whole.AddRange(bytes);
            parts.Add(await PutAsync(site, upload, parts.Count + 1, bytes));
        }

        Result<Entry> completed = await site.Site.Uploads.CompleteAsync(upload, parts, _ => Plain, EntryCondition.None, NoRefusal, Ct);
        Assert.True(completed.IsOk, completed.Error?.Message);
        Assert.Equal(BlobHash.Compute([.. whole]), completed.Value.Hash);
        return [.. whole];
    }

    private static ValueTask<HutchError?> NoRefusal() => new((HutchError?)null);

    private static async Task<SiteUpload> StartAsync(TestSite site, SiteDataset dataset, string path) =>
        (await site.Site.Uploads.StartAsync(dataset.Id, DatasetPath.Parse(path).Value, Plain, null, "anna", Ct)).Value;

    private static async Task<SiteUploadPart> PutAsync(TestSite site, SiteUpload upload, int number, byte[] bytes) =>
        (await site.Site.Uploads.PutPartAsync(
            upload, number, PipeReader.Create(new MemoryStream(bytes)), bytes.Length, static () => new((string?)null), Ct)).Value;
}
