using Hutch.Client;
using Hutch.Contracts;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Federation.Copies;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Site.Write.Committing;

namespace Hutch.Federation.Tests.Copies;

/// <summary>What a copy may take of a site: room, and nothing that belongs to others.</summary>
public sealed class CopyLimitTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_that_is_above_the_quota_is_refused_before_its_first_byte_comes()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        Assert.True((await receiver.Site.Quotas.SetAsync(new OwnerQuota("admin", 5_000_000, null), "operator", Ct)).IsOk);
        var came = new List<int>();

        Result<CopyProgress> brought = await receiver.FetchAsync(Noting(came));

        Assert.Equal(ErrorCode.InsufficientStorage, brought.Error!.Code);
        Assert.Contains("'admin' has used 0 of a quota of 5000000 bytes", brought.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(honest.Home.Name, brought.Error.Message, StringComparison.Ordinal);
        Assert.Empty(came);
    }

    /// <summary>A part of the large file has come: the disk has room for the rest, and not for all of it.</summary>
    [Fact]
    public async Task A_copy_that_was_broken_off_needs_room_for_what_has_not_come_yet()
    {
        const long Reserved = 268_435_456;
        var disk = new FillingDisk();
        await using Receiver receiver = await Receiver.StartAsync(honest, disk);
        Result<CopyProgress> broken = await receiver.FetchAsync(honest.Lying("large file that ends early"));

        disk.Free = Reserved + 3_500_000;
        Result<CopyProgress> tooFull = await receiver.FetchAsync(honest.Home);
        disk.Free = Reserved + 12_000_000;
        Result<CopyProgress> brought = await receiver.FetchAsync(honest.Home);

        Assert.False(broken.IsOk);
        Assert.Equal(ErrorCode.InsufficientStorage, tooFull.Error!.Code);
        Assert.Contains("The copy has 11.4 MB that are not here", tooFull.Error.Message, StringComparison.Ordinal);
        Assert.Equal(CopyStates.Complete, brought.Value.State);
    }

    [Fact]
    public async Task A_file_that_the_site_stores_for_another_dataset_is_downloaded_again()
    {
        await using Receiver alone = await Receiver.StartAsync(honest);
        await using Receiver other = await Receiver.StartAsync(honest);
        var first = new List<int>();
        var second = new List<int>();
        byte[] bytes = Copied.Bytes(1000, 1);
        Assert.True((await other.Site.Committer.StoreAsync([StagedMember.Blob(BlobHash.Compute(bytes), bytes)], Ct)).IsOk);

        Result<CopyProgress> brought = await alone.FetchAsync(Noting(first));
        Result<CopyProgress> again = await other.FetchAsync(Noting(second));

        Assert.True(brought.IsOk && again.IsOk);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_site_that_is_read_only_keeps_its_copy_and_does_not_follow()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        Assert.True((await site.JoinAsync()).IsOk);
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "one.bin", Copied.Bytes(1000, 1), ct: Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);
        await using Receiver receiver = await Receiver.StartAsync(honest);
        CopyOrder order = site.OrderOf(scan.Id);
        BlobHash? whole = (await receiver.FetchAsync(site.Home, site.Home, order, Ct)).Value.History;
        await zone.Admin.PutEntryAsync(scan.Id, "two.bin", Copied.Bytes(1000, 2), ct: Ct);
        CopyOrder readOnly = order with { Terms = new SiteTerms(SiteIntake.ReadOnly, null) };

        CopyProgress behind = (await receiver.FetchAsync(site.Home, site.Home, readOnly, Ct)).Value;
        CopyProgress followed = (await receiver.FetchAsync(
            site.Home, site.Home, order with { Terms = new SiteTerms(SiteIntake.NothingNew, "bytes<1") }, Ct)).Value;

        Assert.Equal((CopyStates.Failed, whole), (behind.State, behind.History));
        Assert.Equal("This site is read-only, and does not follow the home.", behind.Problem);
        Assert.Equal((CopyStates.Complete, 2), (followed.State, followed.Files));
    }

    [Fact]
    public async Task What_the_home_has_sent_before_does_not_come_again()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        Assert.True((await site.JoinAsync()).IsOk);
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "one.bin", Copied.Bytes(300_000, 1), ct: Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);
        await using Receiver receiver = await Receiver.StartAsync(honest);
        Assert.True((await receiver.FetchAsync(site.Home, site.Home, site.OrderOf(scan.Id), Ct)).IsOk);
        await zone.Admin.PutEntryAsync(scan.Id, "two.bin", Copied.Bytes(1000, 2), ct: Ct);
        var came = new List<int>();

        Result<CopyProgress> followed = await receiver.FetchAsync(Noting(came, site.Home), site.Home, site.OrderOf(scan.Id), Ct);

        Assert.True(followed.IsOk, followed.Error?.Message);
        Assert.Equal(2, came.Count);
        Assert.All(came, static bytes => Assert.InRange(bytes, 1, 10_000));
    }

    [Fact]
    public async Task A_site_still_gets_the_pages_that_it_was_offered_when_another_one_was_offered_newer_ones()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        Assert.True((await site.JoinAsync()).IsOk);
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);

        Assert.True((await site.AskHistoryAsync(scan.Id)).IsOk);
        BlobHash offered = (await zone.Admin.GetSnapshotAsync(scan.Id, "1", Ct)).Root;
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "two"u8.ToArray(), ct: Ct);
        Assert.True((await site.AskHistoryAsync(scan.Id)).IsOk);
        Result<bool> page = await site.AskPagesAsync(scan.Id, [offered]);
        Result<bool> file = await site.AskBlobAsync(scan.Id, offered, BlobHash.Compute("one"u8));

        Assert.True(page.IsOk, page.Error?.Message);
        Assert.True(file.IsOk, file.Error?.Message);
    }

    [Fact]
    public async Task Only_managers_of_a_dataset_see_why_its_copy_fails()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        Assert.True((await site.JoinAsync()).IsOk);
        using var ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        using var bob = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "bob" }, Ct)).Token!);
        DatasetInfo scan = await ada.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await ada.PutGrantAsync(scan.Id, "user:bob", new PutGrant { Right = "read" }, Ct);
        await ada.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);

        Assert.True((await site.Home.ReportAsync(
            scan.Id, new CopyProgress("failed", null, null, null, null, 0, 0, "'carol' has used 7 of a quota of 8 bytes"), Ct)).IsOk);

        CopyInfo hers = Assert.Single((await ada.GetCopiesAsync(scan.Id, Ct)).Items);
        CopyInfo his = Assert.Single((await bob.GetCopiesAsync(scan.Id, Ct)).Items);
        Assert.Equal(("failed", "'carol' has used 7 of a quota of 8 bytes"), (hers.State, hers.Problem));
        Assert.Equal(("failed", null), (his.State, his.Problem));
    }

    /// <summary>Notes how many bytes come in each answer.</summary>
    private LyingHome Noting(List<int> came, IHomePeer? home = null)
    {
        Stream Note(byte[] bytes)
        {
            came.Add(bytes.Length);
            return new MemoryStream(bytes);
        }

        return new LyingHome(home ?? honest.Home) { OfPages = Note, OfBlobs = Note, OfPart = Note };
    }

    private sealed class FillingDisk() : WrappedDisk(LocalDisk.Instance)
    {
        public long Free { get; set; } = long.MaxValue;

        public override DiskSpace Space(string folder) => base.Space(folder) with { FreeBytes = Free };
    }
}
