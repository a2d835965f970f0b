using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Entries;

namespace Hutch.Site.Tests.Sites;

/// <summary>What ends when its time is over: by a rule, and in the trash.</summary>
public sealed class EndByTimeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_before_the_data_ends_each_file_its_days_after_its_put_and_never_earlier()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("frames");
        await site.Site.Settings.SetLifecycleAsync(dataset.Id, new LifecycleRule(5, null, null), "anna", Ct);
        await PutNowAsync(site, dataset, "early", 10);
        await PutNowAsync(site, dataset, "early large", 3 << 20);

        await site.PassAsync(TimeSpan.FromDays(3));
        await PutNowAsync(site, dataset, "late", 10);
        await site.PassAsync(TimeSpan.FromDays(2));
        await EndAsync(site);
        Assert.Equal(["early", "early large", "late"], await site.ListAsync(dataset.Id));
        Assert.NotNull(await site.ReadAsync(dataset.Id, "early large"));

        await site.PassAsync(TimeSpan.FromDays(2));
        await EndAsync(site);
        Assert.Equal(["late"], await site.ListAsync(dataset.Id));
        Assert.NotNull(await site.ReadAsync(dataset.Id, "late"));

        await site.PassAsync(TimeSpan.FromDays(3));
        await EndAsync(site);
        Assert.Equal("expired", (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.EndedWay);
        Assert.Equal(0, site.Site.TemporaryDataLimit.Used);
    }

    [Fact]
    public async Task A_rule_after_the_data_moves_what_has_rested_to_the_trash()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("frames");
        await site.PutAsync(dataset.Id, "x", "1");
        await site.Site.Settings.SetLifecycleAsync(dataset.Id, new LifecycleRule(5, null, null), "anna", Ct);
        await site.Site.HeadCompactor.CompactAsync(dataset.Id, Write.Heads.CompactionRequest.Automatic, Ct);
        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Expires);

        await site.PassAsync(TimeSpan.FromDays(4));
        await site.Site.Rules.RunAsync(Ct);
        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.TrashedUntil);

        await site.PassAsync(TimeSpan.FromDays(3));
        await site.Site.Rules.RunAsync(Ct);
        Assert.NotNull((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.TrashedUntil);
    }

    [Fact]
    public async Task The_trash_is_kept_for_days()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        DateTimeOffset before = site.Time.GetUtcNow();
        SiteDataset trashed = (await site.Site.Lifecycle.TrashAsync(dataset.Id, "anna", Ct)).Value;
        Assert.InRange(
            DateTimeOffset.FromUnixTimeMilliseconds(trashed.TrashedUntil!.Value) - before, TimeSpan.FromDays(29.99), TimeSpan.FromDays(30.01));

        await site.PassAsync(TimeSpan.FromDays(29));
        await site.Site.Housekeeper.EndAndThinAsync(Ct);
        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);

        await site.PassAsync(TimeSpan.FromDays(1.1));
        await site.Site.Housekeeper.EndAndThinAsync(Ct);
        Assert.NotNull((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);
    }

    private static async Task EndAsync(TestSite site)
    {
        await site.Site.Collector.CollectAsync(Ct);
        await site.Site.Housekeeper.EndAndThinAsync(Ct);
        await site.Site.Collector.CollectAsync(Ct);
    }

    private static async Task PutNowAsync(TestSite site, SiteDataset dataset, string path, int bytes)
    {
        var lane = (await site.Site.Lanes.ForWritingAsync(dataset.Id, Ct)).Value;
        PipeReader body = PipeReader.Create(new MemoryStream(RandomNumberGenerator.GetBytes(bytes)));
        using var blob = (await site.Site.Intake.ReceiveAsync(body, bytes, lane, Ct)).Value;
        long now = site.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        Result<bool> put = await site.Site.Entries.PutAsync(
            dataset.Id, DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size, now), blob, EntryCondition.None, Ct);
        Assert.True(put.IsOk, put.Error?.Message);
    }
}
