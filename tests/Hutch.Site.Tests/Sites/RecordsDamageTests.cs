using System.Security.Cryptography;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

/// <summary>A damaged <c>site.db</c> costs nothing but a start: it is made anew from the segments, and kept beside the new one.</summary>
public sealed class RecordsDamageTests
{
    private const int PageBytes = 4096;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("head")]
    [InlineData("middle")]
    [InlineData("cut")]
    public async Task A_damaged_site_db_is_made_anew_at_the_next_start_and_kept_aside(string where)
    {
        await using TestSite site = await TestSite.OpenAsync();
        await FillAsync(site);
        List<string> live = await site.DumpAsync();

        await site.ReopenAsync(() => Damage(site.RecordsPath, where));

        Assert.Equal(live, await site.DumpAsync());
        SiteWarning warning = Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        Assert.Equal("records-rebuilt", warning.Kind);
        Assert.Contains("site.db.damaged", warning.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(site.RecordsPath + ".damaged"));
        await site.ReopenAsync();
        Assert.Equal(live, await site.DumpAsync());
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
    }

    [Fact]
    public async Task An_empty_site_db_is_filled_from_the_segments()
    {
        await using TestSite site = await TestSite.OpenAsync();
        await FillAsync(site);
        List<string> live = await site.DumpAsync();

        await site.ReopenAsync(() => File.WriteAllBytes(site.RecordsPath, []));

        Assert.Equal(live, await site.DumpAsync());
    }

    [Fact]
    public async Task Damage_that_is_met_while_the_site_is_open_stops_writing_and_the_next_start_mends_it()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync();
        await site.Site.Committer.RunExclusiveAsync(
            _ =>
            {
                Assert.True(site.Site.Records.TryEmptyLog());
                return Task.CompletedTask;
            },
            Ct);
        Damage(site.RecordsPath, "middle");

        Exception? met = await Record.ExceptionAsync(site.DumpThroughReadersAsync);
        Assert.True(SiteDatabase.IsDamage(met!), met?.ToString());
        Assert.Equal(ErrorCode.Unavailable, (await site.Site.Committer.StoreAsync([], Ct)).Error?.Code);
        Assert.Contains("restart the server", site.Site.Failure, StringComparison.Ordinal);
        Assert.True(new RecordsFile(site.Folder).IsSuspect);
        await site.ReopenAsync();

        Assert.Equal(live, await site.DumpAsync());
        Assert.Null(site.Site.Failure);
        Assert.False(new RecordsFile(site.Folder).IsSuspect);
        Assert.True((await site.PutAsync(dataset.Id, "more", "x")).IsOk);
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task Each_page_that_is_damaged_at_rest_or_while_the_site_is_open_is_mended_by_the_next_start_at_the_latest()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        for (int i = 0; i < 20; i++)
        {
            await site.PutAsync(dataset.Id, $"file {i}", $"{i}");
        }

        List<string> live = await site.DumpAsync();
        await site.ReopenAsync();
        byte[] whole = [];
        var random = new Random(5);
        for (int page = 0; page == 0 || page < whole.Length / PageBytes; page++)
        {
            bool isZeroed = page % 2 == 0;
            await site.ReopenAsync(() =>
            {
                whole = File.ReadAllBytes(site.RecordsPath);
                DamagePage(site.RecordsPath, page, isZeroed ? null : random);
            });
            Assert.Equal(live, await site.DumpAsync());

            DamagePage(site.RecordsPath, page, isZeroed ? random : null);
            Exception? met = await Record.ExceptionAsync(site.DumpThroughReadersAsync) ?? await Record.ExceptionAsync(site.DumpAsync);
            Assert.Equal(met is not null, site.Site.RecordsDamaged.IsCompleted);
            Assert.True(met is null or HutchException { Error.Code.Status: 503 }, met?.ToString());
            await site.ReopenAsync();
            Assert.Equal(live, await site.DumpAsync());
        }
    }

    [Fact]
    public async Task A_database_that_the_segments_cannot_replace_is_put_back_and_the_start_refused_with_words()
    {
        await using TestSite site = await TestSite.OpenAsync();
        await FillAsync(site);
        byte[] damaged = [];
        string[] segments = [];

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => site.ReopenAsync(() =>
        {
            Damage(site.RecordsPath, "head");
            damaged = File.ReadAllBytes(site.RecordsPath);
            segments = DamageJournal(site.Folder);
        }));
        Assert.Contains("salvage", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(segments);
        Assert.Equal(damaged, File.ReadAllBytes(site.RecordsPath));
        Assert.False(File.Exists(site.RecordsPath + ".damaged"));
    }

    [Fact]
    public async Task A_purge_leaves_no_copy_of_the_records_that_was_set_aside()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await FillAsync(site);
        await site.ReopenAsync(() => Damage(site.RecordsPath, "head"));
        File.Copy(site.RecordsPath + ".damaged", site.RecordsPath + ".before-rebuild");

        SiteDataset purged = (await site.Site.Lifecycle.PurgeAsync(dataset.Id, "withdrawn", "anna", Ct)).Value;
        Assert.Equal(0, (await site.Site.Collector.CollectPurgedAsync(purged, Ct)).LeftSegments);

        Assert.False(File.Exists(site.RecordsPath + ".damaged"));
        Assert.False(File.Exists(site.RecordsPath + ".before-rebuild"));
    }

    private static async Task<SiteDataset> FillAsync(TestSite site)
    {
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        for (int i = 0; i < 300; i++)
        {
            await site.PutAsync(dataset.Id, $"a directory/with files/of a long name {i}", $"{i}");
        }

        await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
        await site.PutAsync(dataset.Id, "and an overlay", RandomNumberGenerator.GetBytes(100));
        return dataset;
    }

    private static void DamagePage(string path, int page, Random? random)
    {
        byte[] bytes = new byte[PageBytes];
        random?.NextBytes(bytes);
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = page * PageBytes;
        file.Write(bytes);
    }

    private static void Damage(string path, string where)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        switch (where)
        {
            case "head":
                file.Write(new byte[64]);
                break;
            case "cut":
                file.SetLength(file.Length / 2);
                break;
            default:
                file.Position = 4096;
                file.Write(new byte[file.Length - 4096]);
                break;
        }
    }

    private static string[] DamageJournal(string folder)
    {
        string[] segments = Directory.GetFiles(Path.Combine(folder, "segments"), "*.main.tar");
        foreach (string segment in segments)
        {
            byte[] bytes = File.ReadAllBytes(segment);
            int at = bytes.AsSpan().IndexOf("\"k\":\"entry.put\""u8);
            if (at > 0)
            {
                bytes[at + 5] ^= 1;
                File.WriteAllBytes(segment, bytes);
            }
        }

        return segments;
    }
}
