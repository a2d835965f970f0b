using System.Diagnostics;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Copies;

/// <summary>The home of a dataset moves to a site that has a copy, and back.</summary>
public sealed class HomeMoveTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Zone => sites.Zone.Admin;

    private HutchClient Archive => sites.Archive.Admin;

    [Fact]
    public async Task A_home_moves_with_everything_that_was_written_and_back_again()
    {
        DatasetId scan = await TwoSites.MakeAsync(Zone, "back-and-forth");
        var early = await Assert.ThrowsAsync<HutchException>(() => Zone.MoveHomeAsync(scan, new MoveHome { Site = "archive" }, Ct));
        await sites.CopyAsync(scan);
        await Zone.PutEntryAsync(scan, "b.txt", "two"u8.ToArray(), ct: Ct);

        await Zone.MoveHomeAsync(scan, new MoveHome { Site = "archive" }, Ct);
        await Copied.UntilHomeAsync(Zone, scan, "archive");
        TimeSpan pause = await UntilWritableAsync(Archive, scan, "c.txt");
        CopyList moved = await Zone.GetCopiesAsync(scan, Ct);
        await Zone.PutEntryAsync(scan, "d.txt", "four"u8.ToArray(), ct: Ct);
        await Copied.UntilCompleteAsync(Zone, scan, "facility", 1);
        await Zone.MoveHomeAsync(scan, new MoveHome { Site = "facility" }, Ct);
        await Copied.UntilHomeAsync(Zone, scan, "facility");
        await UntilWritableAsync(Zone, scan, "e.txt");

        Assert.Contains("archive has no complete copy of admin/back-and-forth", early.Error.Message, StringComparison.Ordinal);
        Assert.Equal(("archive", 2L, "facility"), (moved.Home, moved.Epoch, Assert.Single(moved.Items).Site));
        Assert.Equal(3, (await Zone.GetCopiesAsync(scan, Ct)).Epoch);
        Assert.Equal("two", await Copied.ReadTextAsync(Archive, scan, "b.txt"));
        Assert.Equal("four", await Copied.ReadTextAsync(Zone, scan, "d.txt"));
        Assert.Equal("c.txt", await Copied.ReadTextAsync(Zone, scan, "c.txt"));
        TestContext.Current.SendDiagnosticMessage($"From the question to the first write at the new home: {pause.TotalSeconds:0.000} s.");
    }

    [Fact]
    public async Task A_dataset_that_is_written_all_the_time_moves_and_loses_nothing()
    {
        DatasetId scan = await sites.MakeCopiedAsync("busy");

        await Zone.MoveHomeAsync(scan, new MoveHome { Site = "archive" }, Ct);
        long last = Stopwatch.GetTimestamp();
        int written = await WriteUntilRefusedAsync(Zone, scan, () => last = Stopwatch.GetTimestamp());
        await Copied.UntilHomeAsync(Zone, scan, "archive");
        await UntilWritableAsync(Archive, scan, "end.txt");
        TimeSpan pause = Stopwatch.GetElapsedTime(last);

        // What was written last is what could be lost.
        for (int i = Math.Max(0, written - 50); i < written; i++)
        {
            Assert.Equal($"{i:0000}.txt", await Copied.ReadTextAsync(Archive, scan, $"{i:0000}.txt"));
        }

        TestContext.Current.SendDiagnosticMessage($"Nobody could write for {pause.TotalSeconds:0.000} s, after {written} files.");
    }

    [Fact]
    public async Task A_dataset_that_cannot_move_stays_and_says_why()
    {
        DatasetId scan = await sites.MakeCopiedAsync("trashed");
        await Zone.DeleteDatasetAsync(scan, Ct);

        string? problem = await WhyNotMovedAsync(scan);
        CopyList seen = await Zone.GetCopiesAsync(scan, Ct);

        Assert.Equal(("facility", 1L, null, false), (seen.Home, seen.Epoch, seen.MovingTo, seen.Paused));
        Assert.Contains("in the trash", problem, StringComparison.Ordinal);
    }

    /// <summary>Why a home does not move: the zone has heard it already and refuses, or the home says it.</summary>
    private async Task<string?> WhyNotMovedAsync(DatasetId dataset)
    {
        try
        {
            await Zone.MoveHomeAsync(dataset, new MoveHome { Site = "archive" }, Ct);
            return (await UntilAsync(Zone, dataset, static seen => seen.MoveProblem is not null)).MoveProblem;
        }
        catch (HutchException e)
        {
            return e.Error.Message;
        }
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
            CopyList seen = await zone.GetCopiesAsync(dataset, Ct);
            if (holds(seen))
            {
                return seen;
            }

            await Task.Delay(20, Ct);
        }
    }
}
