using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A copy of which some files cannot be had gets all others, and people are told which these are, and why.</summary>
public sealed class FileFailureTests
{
    private const int LargeBytes = 20 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_the_home_has_damaged_are_named_while_all_others_come_and_the_copy_is_complete_once_they_are_put_back()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        DatasetId id = await MakeAsync(zone);
        await DamageAsync(zone, Small(7)[..200], Large()[(9 << 20)..((9 << 20) + 200)]);

        await zone.Admin.AddRuleAsync(id, new AddDatasetRule { Rule = "1 copy where site=archive" }, Ct);
        CopyInfo lacking = await UntilLackingAsync(zone, id);
        RuleStanding standing = Assert.Single((await zone.Admin.GetRulesAsync(id, Ct)).Items);
        await zone.Admin.PutEntryAsync(id, "elsewhere/7.bin", Small(7), ct: Ct);
        await zone.Admin.PutEntryAsync(id, "elsewhere/large.bin", Large(), ct: Ct);
        CopyInfo complete = await Copied.UntilAsync(zone.Admin, id, "archive", static copy => copy.State == "complete");

        Assert.Equal(("failed", 2L), (lacking.State, lacking.Failures!.Count));
        Assert.Equal(["large.bin", "raw/deep/7.bin"], lacking.Failures.Files.Select(static file => file.Path).Order());
        Assert.All(lacking.Failures.Files, static file => Assert.Contains("damaged", file.Why, StringComparison.Ordinal));
        Assert.Equal(lacking.Files - 2, lacking.FilesDone);
        Assert.Contains("2 of its", lacking.Problem, StringComparison.Ordinal);
        Assert.Null(lacking.Complete);
        Assert.Equal("pending", standing.State);
        Assert.Equal(2, Assert.Single(standing.Sites).Failures!.Count);
        Assert.Null(complete.Failures);
        using HttpResponseMessage there = await archive.Admin.OpenEntryAsync(id, null, "raw/deep/7.bin", 0, Ct);
        Assert.Equal(Small(7), await there.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task What_a_site_says_of_its_failures_is_shown_in_little_room_and_is_over_when_it_says_so()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var archive = new Intruder(await zone.InviteAsync("archive"));
        Assert.True((await archive.JoinAsync()).IsOk);
        DatasetId id = await MakeAsync(zone);
        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        var many = new CopyFailures
        {
            Count = 5000,
            Files =
            [
                null!, .. Enumerable.Range(0, 40).Select(static number => new FileFailure
                {
                    Path = $"\u001b[2J{number}/" + new string('p', 800),
                    Why = "\n\u202e" + new string('w', 800),
                }),
            ],
        };

        CopyInfo told = await TellAsync(new CopyProgress(CopyStates.Failed, null, null, 9000, 1, 4000, 1, "No.") { Failures = many });
        CopyInfo again = await TellAsync(new CopyProgress(CopyStates.Running, null, null, 9000, 1, 4000, 1, null));
        CopyInfo away = await TellAsync(new CopyProgress(CopyStates.Failed, null, null, null, null, 0, 0, "No route."));
        ComingCopyInfo coming = Assert.Single((await zone.Admin.GetComingCopiesAsync(10, Ct)).Items);
        Result<Done> beyond = await archive.Home.ReportAsync(
            id, new CopyProgress(CopyStates.Failed, null, null, 1, 1, 1, 1, null) { Failures = many with { Count = -1 } }, Ct);
        CopyInfo better = await TellAsync(new CopyProgress(CopyStates.Failed, null, null, 9000, 1, 9000, 1, "No."));
        await TellAsync(new CopyProgress(CopyStates.Failed, null, null, 9000, 1, 4000, 1, "No.") { Failures = many });
        CopyInfo whole = await TellAsync(new CopyProgress(CopyStates.Complete, BlobHash.Compute("x"u8), 1, null, null, 0, 0, null));

        Assert.Equal((5000L, CopyFailures.MaxFiles), (told.Failures!.Count, told.Failures.Files.Count));
        Assert.StartsWith("\\u{1b}[2J0/p", told.Failures.Files[0].Path, StringComparison.Ordinal);
        Assert.All(told.Failures.Files, static file => Assert.True(file.Path.Length < 600 && file.Why.Length < 400));
        Assert.Equal(5000, again.Failures!.Count);
        Assert.Equal(5000, away.Failures!.Count);
        Assert.Equal((5000L, 0), (coming.Copy.Failures!.Count, coming.Copy.Failures.Files.Count));
        Assert.Equal(ErrorCode.InvalidBody, beyond.Error!.Code);
        Assert.Null(better.Failures);
        Assert.Null(whole.Failures);

        async Task<CopyInfo> TellAsync(CopyProgress progress)
        {
            Assert.True((await archive.Home.ReportAsync(id, progress, Ct)).IsOk);
            return Assert.Single((await zone.Admin.GetCopiesAsync(id, Ct)).Items);
        }
    }

    private static byte[] Small(int number) => Copied.Bytes(5000, 700 + number);

    private static byte[] Large() => Copied.Bytes(LargeBytes, 99);

    private static async Task<DatasetId> MakeAsync(SiteServer zone)
    {
        DatasetInfo made = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        for (int i = 0; i < 30; i++)
        {
            await zone.Admin.PutEntryAsync(made.Id, $"raw/deep/{i}.bin", Small(i), ct: Ct);
        }

        await zone.Admin.PutEntryAsync(made.Id, "large.bin", Large(), ct: Ct);
        await zone.Admin.CreateSnapshotAsync(made.Id, new CreateSnapshot(), Ct);
        return made.Id;
    }

    private static Task<CopyInfo> UntilLackingAsync(SiteServer zone, DatasetId id) => Copied.UntilAsync(
        zone.Admin, id, "archive", static copy => copy is { State: "failed", Failures: not null });

    /// <summary>Changes a byte of each of these on the disk of a server, which is not told.</summary>
    private static async Task DamageAsync(SiteServer at, params byte[][] patterns)
    {
        await at.StopAsync();
        foreach (byte[] pattern in patterns)
        {
            Assert.Contains(Directory.EnumerateFiles(Path.Combine(at.Folder, "segments")), file => Damage(file, pattern));
        }

        await at.StartAgainAsync();
    }

    private static bool Damage(string file, byte[] pattern)
    {
        byte[] all = File.ReadAllBytes(file);
        int found = all.AsSpan().IndexOf(pattern);
        if (found < 0)
        {
            return false;
        }

        all[found] ^= 1;
        File.WriteAllBytes(file, all);
        return true;
    }
}
