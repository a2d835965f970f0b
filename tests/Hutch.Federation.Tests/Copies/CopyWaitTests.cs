using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A site asks for what is new when it hears of it, and says something when it has something to say.</summary>
public sealed class CopyWaitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_that_is_closed_at_its_home_is_closed_at_the_copy_without_waiting_for_the_next_question()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", new ScaledTime(0.001));
        await site.JoinAsync(zone, "archive");
        DatasetId scan = await MakeAsync(zone, "scan");
        await zone.Admin.PutEntryAsync(scan, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.RequestCopyAsync(scan, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan, "archive", 1);

        await zone.Admin.PutEntryAsync(scan, "b.txt", "two"u8.ToArray(), ct: Ct);
        await zone.Admin.CloseDatasetAsync(scan, new CloseDataset(), Ct);
        CopyInfo copy = await Copied.UntilCompleteAsync(zone.Admin, scan, "archive", 2);

        Assert.True(await site.Site.Copies.IsClosedAsync(scan, Ct));
        Assert.Equal(2, copy.Files);
    }

    [Fact]
    public async Task The_first_files_of_a_dataset_come_to_a_copy_that_was_made_while_it_was_empty()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", new ScaledTime(0.001));
        await site.JoinAsync(zone, "archive");
        DatasetId scan = await MakeAsync(zone, "scan");
        await zone.Admin.RequestCopyAsync(scan, new AskCopy { Site = "archive" }, Ct);
        CopyInfo empty = await Copied.UntilAsync(zone.Admin, scan, "archive", static copy => copy.State == "complete");

        await zone.Admin.PutEntryAsync(scan, "a.txt", "one"u8.ToArray(), ct: Ct);
        await Copied.UntilAsync(zone.Admin, scan, "archive", static copy => copy.FilesDone == 1);

        Assert.Equal(0, empty.Files);
        Assert.Equal("one", await Copied.ReadTextAsync(site.Admin, scan, "a.txt"));
    }

    [Fact]
    public async Task A_site_does_not_report_an_unchanged_copy_to_the_zone_again()
    {
        var time = new ShiftedTime();
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", time);
        await site.JoinAsync(zone, "archive");
        DatasetId scan = await MakeAsync(zone, "scan");
        await zone.Admin.PutEntryAsync(scan, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.RequestCopyAsync(scan, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan, "archive", 1);
        await UntilAskedAgainAsync(site, time, scan);
        CopyInfo before = Assert.Single((await zone.Admin.GetCopiesAsync(scan, Ct)).Items);

        await UntilAskedAgainAsync(site, time, scan);
        await UntilAskedAgainAsync(site, time, scan);
        CopyInfo after = Assert.Single((await zone.Admin.GetCopiesAsync(scan, Ct)).Items);

        Assert.Equal(before.Told, after.Told);
    }

    /// <summary>Has half a minute pass, and waits until the home was asked what is new.</summary>
    private static async Task UntilAskedAgainAsync(SiteServer site, ShiftedTime time, DatasetId dataset)
    {
        long before = site.Site.Freshness.QuestionOf(dataset).Moment;
        time.Advance(TimeSpan.FromSeconds(31));
        while (site.Site.Freshness.QuestionOf(dataset).Moment == before)
        {
            // The clock has leapt, and timers know nothing of it.
            site.Site.Freshness.News.Raise();
            await Task.Delay(20, Ct);
        }
    }

    private static async Task<DatasetId> MakeAsync(SiteServer zone, string name) =>
        (await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = name }, Ct)).Id;
}
