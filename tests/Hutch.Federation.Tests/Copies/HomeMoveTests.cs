using System.Diagnostics;
using Hutch.Client;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Federation.Tests.Copies;

/// <summary>The home of a dataset moves to a site that has a copy, and back.</summary>
public sealed class HomeMoveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_home_moves_with_everything_that_was_written_and_back_again()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        var early = await Assert.ThrowsAsync<HutchException>(() => zone.Admin.MoveHomeAsync(scan.Id, new MoveHome { Site = "compute" }, Ct));
        await zone.Admin.AskCopyAsync(scan.Id, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "compute", 1);
        await zone.Admin.PutEntryAsync(scan.Id, "b.txt", "two"u8.ToArray(), ct: Ct);

        await zone.Admin.MoveHomeAsync(scan.Id, new MoveHome { Site = "compute" }, Ct);
        TimeSpan pause = await UntilWritableAsync(compute.Admin, scan.Id, "c.txt");
        CopyList moved = await zone.Admin.GetCopiesAsync(scan.Id, Ct);
        var refused = await Assert.ThrowsAsync<HutchException>(
            () => zone.Admin.PutEntryAsync(scan.Id, "d.txt", "no"u8.ToArray(), ct: Ct));
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "facility", 1);
        await zone.Admin.MoveHomeAsync(scan.Id, new MoveHome { Site = "facility" }, Ct);
        await UntilWritableAsync(zone.Admin, scan.Id, "e.txt");

        Assert.Contains("compute has no complete copy of admin/scan", early.Error.Message, StringComparison.Ordinal);
        Assert.Equal(("compute", 2L, "facility"), (moved.Home, moved.Epoch, Assert.Single(moved.Items).Site));
        Assert.True(refused.Error.Code == ErrorCode.Conflict || refused.Error.Code == ErrorCode.Unavailable);
        Assert.Equal(3, (await zone.Admin.GetCopiesAsync(scan.Id, Ct)).Epoch);
        Assert.Equal("two", await Copied.ReadTextAsync(compute.Admin, scan.Id, "b.txt"));
        Assert.Equal("c.txt", await Copied.ReadTextAsync(zone.Admin, scan.Id, "c.txt"));
        TestContext.Current.SendDiagnosticMessage($"From the question to the first write at the new home: {pause.TotalSeconds:0.000} s.");
    }

    [Fact]
    public async Task A_dataset_that_is_written_all_the_time_moves_and_loses_nothing()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.AskCopyAsync(scan.Id, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "compute", 1);

        await zone.Admin.MoveHomeAsync(scan.Id, new MoveHome { Site = "compute" }, Ct);
        long last = Stopwatch.GetTimestamp();
        int written = await WriteUntilRefusedAsync(zone.Admin, scan.Id, () => last = Stopwatch.GetTimestamp());
        await UntilWritableAsync(compute.Admin, scan.Id, "end.txt");
        TimeSpan pause = Stopwatch.GetElapsedTime(last);

        // What was written last is what could be lost.
        for (int i = Math.Max(0, written - 50); i < written; i++)
        {
            Assert.Equal($"{i:0000}.txt", await Copied.ReadTextAsync(compute.Admin, scan.Id, $"{i:0000}.txt"));
        }

        TestContext.Current.SendDiagnosticMessage($"Nobody could write for {pause.TotalSeconds:0.000} s, after {written} files.");
    }

    [Fact]
    public async Task A_dataset_that_cannot_move_stays_and_says_why()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.AskCopyAsync(scan.Id, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "compute", 1);
        await zone.Admin.DeleteDatasetAsync(scan.Id, Ct);

        await zone.Admin.MoveHomeAsync(scan.Id, new MoveHome { Site = "compute" }, Ct);
        CopyList sites = await UntilAsync(zone.Admin, scan.Id, static sites => sites.MoveProblem is not null);

        Assert.Equal(("facility", 1L, null, false), (sites.Home, sites.Epoch, sites.MovingTo, sites.Paused));
        Assert.Contains("in the trash", sites.MoveProblem, StringComparison.Ordinal);
    }

    /// <summary>Writes until it is accepted, and says how long that took.</summary>
    private static async Task<TimeSpan> UntilWritableAsync(HutchClient at, DatasetId dataset, string path)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await at.PutEntryAsync(dataset, path, System.Text.Encoding.UTF8.GetBytes(path), ct: Ct);
                return Stopwatch.GetElapsedTime(began);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Conflict || e.Error.Code == ErrorCode.Unavailable)
            {
                await Task.Delay(10, Ct);
            }
        }
    }

    /// <summary>Writes one file after the other until the home has given up, and says how many it took.</summary>
    private static async Task<int> WriteUntilRefusedAsync(HutchClient at, DatasetId dataset, Action isWritten)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await at.PutEntryAsync(dataset, $"{i:0000}.txt", System.Text.Encoding.UTF8.GetBytes($"{i:0000}.txt"), ct: Ct);
                isWritten();
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Conflict || e.Error.Code == ErrorCode.Unavailable)
            {
                return i;
            }
        }
    }

    private static async Task<CopyList> UntilAsync(HutchClient zone, DatasetId dataset, Func<CopyList, bool> holds)
    {
        while (true)
        {
            CopyList sites = await zone.GetCopiesAsync(dataset, Ct);
            if (holds(sites))
            {
                return sites;
            }

            await Task.Delay(20, Ct);
        }
    }
}
