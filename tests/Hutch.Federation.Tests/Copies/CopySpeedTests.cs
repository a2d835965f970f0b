using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Copies;

/// <summary>The zone says how fast copies come, and how long they take.</summary>
public sealed class CopySpeedTests
{
    private const string Rule = "1 copy where site=archive";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_site_says_of_a_copy_becomes_a_rate_and_a_time_that_people_see()
    {
        var time = new ShiftedTime();
        await using SiteServer zone = await SiteServer.StartAsync(time: time);
        using var archive = new Intruder(await zone.InviteAsync("archive"));
        Assert.True((await archive.JoinAsync()).IsOk);
        await BeatAsync(archive);
        string id = (await zone.SiteAsync("archive")).Id!;
        DatasetId scan = await TwoSites.MakeAsync(zone.Admin, "scan");
        RuleInfo rule = await zone.Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = Rule }, Ct);
        await Copied.UntilAsync(zone.Admin, scan, "archive", static _ => true);

        await TellAsync(0);
        CopyInfo first = Assert.Single((await zone.Admin.GetCopiesAsync(scan, Ct)).Items);
        time.Advance(TimeSpan.FromSeconds(20));
        await TellAsync(20_000_000);
        await BeatAsync(archive);
        CopyInfo copy = Assert.Single((await zone.Admin.GetCopiesAsync(scan, Ct)).Items);
        RuleStanding standing = Assert.Single((await zone.Admin.GetRulesAsync(scan, Ct)).Items);
        time.Advance(CopySpeed.LongestSilence + TimeSpan.FromSeconds(1));
        CopyInfo silent = Assert.Single((await zone.Admin.GetCopiesAsync(scan, Ct)).Items);

        Assert.Equal(((long?)null, (long?)null), (first.BytesPerSecond, first.SecondsLeft));
        Assert.InRange(copy.BytesPerSecond!.Value, 500_000, 1_000_000);
        Assert.InRange(copy.SecondsLeft!.Value, 80, 160);
        Assert.Equal(rule.Number, standing.Rule.Number);
        Assert.InRange(standing.SecondsLeft!.Value, 80, 160);
        Assert.Contains("and the rest is on its way: about", standing.Summary, StringComparison.Ordinal);
        Assert.Equal(((long?)null, (long?)null), (silent.BytesPerSecond, silent.SecondsLeft));

        ValueTask TellAsync(long moved) => zone.Zone.Copies.ReportAsync(
            id, scan, new CopyProgress(CopyStates.Running, null, null, 3, 100_000_000, 1, moved, null) { Moved = moved }, Ct);
    }

    [Fact]
    public async Task A_rule_that_is_tried_says_how_long_its_copies_take_as_fast_as_something_came_there_before()
    {
        var time = new ShiftedTime();
        await using SiteServer zone = await SiteServer.StartAsync(time: time);
        using var archive = new Intruder(await zone.InviteAsync("archive"));
        Assert.True((await archive.JoinAsync()).IsOk);
        await BeatAsync(archive);
        string id = (await zone.SiteAsync("archive")).Id!;
        DatasetId scan = await TwoSites.MakeAsync(zone.Admin, "scan");
        DatasetId other = await TwoSites.MakeAsync(zone.Admin, "other");
        await zone.Admin.PutEntryAsync(other, "large.bin", new byte[500_000], ct: Ct);
        RuleEffectInfo before = await TryAsync();

        await zone.Admin.RequestCopyAsync(scan, new AskCopy { Site = "archive" }, Ct);
        await zone.Zone.Copies.ReportAsync(id, scan, Running(0), Ct);
        time.Advance(TimeSpan.FromSeconds(20));
        await zone.Zone.Copies.ReportAsync(id, scan, Running(20_000), Ct);
        await BeatAsync(archive);
        RuleEffectInfo after = await TryAsync();

        Assert.Null(Assert.Single(before.Copies).Seconds);
        Assert.Equal(500_003, Assert.Single(after.Copies).Bytes);
        Assert.InRange(Assert.Single(after.Copies).Seconds!.Value, 500, 1000);

        Task<RuleEffectInfo> TryAsync() => zone.Admin.TryRuleAsync(other, new AddDatasetRule { Rule = Rule }, Ct);

        static CopyProgress Running(long moved) =>
            new(CopyStates.Running, null, null, 3, 100_000, 1, moved, null) { Moved = moved };
    }

    /// <summary>A site that only the test speaks for, with room.</summary>
    private static async Task BeatAsync(Intruder site) => Assert.True((await site.Client.CallAsync(
        PeerCalls.Beat,
        new BeatRequest
        {
            Release = "9.9.9",
            Time = DateTimeOffset.UtcNow,
            FreeBytes = 1L << 40,
        },
        Ct)).IsOk);
}
