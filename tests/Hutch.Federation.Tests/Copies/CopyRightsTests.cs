using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Copies;

/// <summary>Who may ask for a copy, who may read it, and that nobody changes it but its home.</summary>
public sealed class CopyRightsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Zone_rights_decide_reads_of_a_copy_and_its_writes_pass_to_the_home()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        using HutchClient bob = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "bob" }, Ct)).Token!);
        DatasetInfo scan = await ada.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await ada.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        string adaToken = (await ada.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read", "write", "manage"] }, Ct)).Token!;
        string bobToken = (await bob.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!;
        using HutchClient adaThere = site.With(adaToken);
        using HutchClient bobThere = site.With(bobToken);

        var notHers = await Assert.ThrowsAsync<HutchException>(() => bob.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct));
        var noSite = await Assert.ThrowsAsync<HutchException>(() => ada.RequestCopyAsync(scan.Id, new AskCopy { Site = "nowhere" }, Ct));
        await ada.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(ada, scan.Id, "archive", 1);
        await SiteServer.UntilKnownAsync(bobThere);
        var hidden = await Assert.ThrowsAsync<HutchException>(() => bobThere.GetDatasetAsync(scan.Id, Ct));
        var unknown = await Assert.ThrowsAsync<HutchException>(() => bobThere.GetDatasetAsync(new DatasetId(Guid.NewGuid()), Ct));
        var write = await Assert.ThrowsAsync<HutchException>(() => bobThere.PutEntryAsync(scan.Id, "b.txt", "two"u8.ToArray(), ct: Ct));
        await adaThere.PutEntryAsync(scan.Id, "b.txt", "two"u8.ToArray(), ct: Ct);
        var list = await Assert.ThrowsAsync<HutchException>(() => adaThere.GetCopiesAsync(scan.Id, Ct));

        Assert.Equal("scan", (await adaThere.GetDatasetAsync(scan.Id, Ct)).Slug);
        Assert.Equal(ErrorCode.NotFound, notHers.Error.Code);
        Assert.Equal("There is no site 'nowhere' in this zone.", noSite.Error.Message);
        Assert.Equal(unknown.Error.Message.Length, hidden.Error.Message.Length);
        Assert.Equal(ErrorCode.NotFound, write.Error.Code);
        Assert.Equal("two", await Copied.ReadTextAsync(ada, scan.Id, "b.txt"));
        Assert.Contains("known at its zone", list.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_has_joined_looks_for_nothing_before_it_says_that_copies_are_known_at_its_zone()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);

        foreach (Func<Task> ask in (Func<Task>[])
        [
            () => site.Admin.GetComingCopiesAsync(ct: Ct),
            () => site.Admin.GetCopiesAsync(scan.Id, Ct),
            () => site.Admin.GetCopiesAsync(new DatasetId(Guid.NewGuid()), Ct),
            () => site.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct),
            () => site.Admin.WithdrawCopyAsync(scan.Id, "facility", Ct),
            () => site.Admin.MoveHomeAsync(scan.Id, new MoveHome { Site = "facility" }, Ct),
            () => site.Admin.MoveHomeAsync(scan.Id, new MoveHome { Site = "facility", Lost = true }, Ct),
        ])
        {
            HutchError refused = (await Assert.ThrowsAsync<HutchException>(ask)).Error;
            Assert.Equal(ErrorCode.Unprocessable, refused.Code);
            Assert.Contains("known at its zone", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_site_gets_nothing_of_a_dataset_that_it_is_not_to_have()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        using var curious = new Intruder(await zone.InviteAsync("curious"));

        Result<bool> stranger = await curious.AskHistoryAsync(scan.Id);
        await curious.JoinAsync();
        Result<bool> member = await curious.AskHistoryAsync(scan.Id);
        Result<bool> pages = await curious.AskPagesAsync(scan.Id, [BlobHash.Compute([])]);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "curious" }, Ct);
        Result<bool> asked = await curious.AskHistoryAsync(scan.Id);
        Result<Done> boast = await curious.Home.ReportAsync(
            scan.Id, new CopyProgress(CopyStates.Running, null, null, 1, long.MaxValue, 0, 0, null), Ct);
        Result<bool> foreignPage = await curious.AskPagesAsync(scan.Id, [BlobHash.Compute([])]);
        Result<bool> foreignBlob = await curious.AskBlobAsync(scan.Id, BlobHash.Compute([]), BlobHash.Compute("one"u8));

        Assert.Equal(ErrorCode.Forbidden, stranger.Error!.Code);
        Assert.Equal(ErrorCode.NotFound, member.Error!.Code);
        Assert.Equal(member.Error.Code, pages.Error!.Code);
        Assert.True(asked.IsOk);
        Assert.Equal(ErrorCode.InvalidBody, boast.Error!.Code);
        Assert.Equal(ErrorCode.NotFound, foreignPage.Error!.Code);
        Assert.Equal(ErrorCode.NotFound, foreignBlob.Error!.Code);
    }

    [Fact]
    public async Task An_open_dataset_is_followed()
    {
        var time = new ShiftedTime();
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", time);
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "archive", 1);

        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "two"u8.ToArray(), ct: Ct);
        await zone.Admin.PutMetadataAsync(scan.Id, "{\"energy\":12.4}"u8.ToArray(), null, Ct);
        SnapshotInfo second = await zone.Admin.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        await zone.Admin.PutTagAsync(scan.Id, "good", new PutTag { Snapshot = second.Number }, Ct);
        time.Advance(TimeSpan.FromSeconds(31));
        site.Site.Freshness.News.Raise();
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "archive", second.Number);

        Assert.Equal("two", await Copied.ReadTextAsync(site.Admin, scan.Id, "a.txt"));
        Assert.Equal("{\"energy\":12.4}", (await site.Admin.GetMetadataAsync(scan.Id, Ct)).Document);
        Assert.Equal(second.Root, (await site.Admin.GetSnapshotAsync(scan.Id, "good", Ct)).Root);
        await zone.Admin.CloseDatasetAsync(scan.Id, new CloseDataset(), Ct);
        time.Advance(TimeSpan.FromSeconds(31));
        while ((await site.Admin.GetDatasetAsync(scan.Id, Ct)).State != "closed")
        {
            await Task.Delay(20, Ct);
        }
    }
}
