using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Federation.Tests.Copies;

/// <summary>Copies of what is at home at a site that has joined: other sites dial it, and the zone is not in between.</summary>
public sealed class SiteToSiteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_of_a_site_is_copied_to_another_site_and_to_that_of_the_zone()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await using SiteServer archive = await SiteServer.StartAsync("new", listens: false);
        await compute.JoinAsync(zone, "compute");
        await archive.JoinAsync(zone, "archive");
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        DatasetId id = await Copied.MakeAsync(compute.Admin, "result");
        await compute.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);

        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        CopyList asked = await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "facility" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 2);
        await Copied.UntilCompleteAsync(zone.Admin, id, "facility", 2);

        Assert.Equal("compute", asked.Home);
        foreach (string path in new[] { "entries/raw/frame-041.bin", "entries/large.bin", "metadata", "snapshots", "files?at=@2" })
        {
            string there = await Copied.AnswerAsync(compute.Address, compute.AdminToken, $"datasets/{id}/{path}");
            Assert.Equal(there, await Copied.AnswerAsync(archive.Address, archive.AdminToken, $"datasets/{id}/{path}"));
            Assert.Equal(there, await Copied.AnswerAsync(zone.Address, zone.AdminToken, $"datasets/{id}/{path}"));
        }
    }

    [Fact]
    public async Task A_copy_fails_with_advice_to_operators_when_neither_home_nor_site_can_be_dialled()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new", listens: false);
        await using SiteServer archive = await SiteServer.StartAsync("new", listens: false);
        await compute.JoinAsync(zone, "compute");
        await archive.JoinAsync(zone, "archive");
        DatasetInfo made = await compute.Admin.CreateDatasetAsync(new CreateDataset { Name = "result" }, Ct);

        await zone.Admin.RequestCopyAsync(made.Id, new AskCopy { Site = "archive" }, Ct);
        CopyInfo copy = await Copied.UntilAsync(zone.Admin, made.Id, "archive", static copy => copy.State == "failed");

        Assert.Equal(
            "compute is the home of admin/result, and has no address at which other sites could dial it, and neither has this site: the "
            + "operator of one of them sets 'sites.listen'.",
            copy.Problem);
    }

    [Fact]
    public async Task A_site_with_a_copy_sends_its_files_only_to_sites_that_get_a_copy()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        using var museum = new Intruder(await zone.InviteAsync("museum"));
        Assert.True((await museum.JoinAsync()).IsOk);
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site is { Name: "archive", Address: not null }));
        DatasetInfo made = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "result" }, Ct);
        await zone.Admin.PutEntryAsync(made.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        BlobHash root = (await zone.Admin.CreateSnapshotAsync(made.Id, new CreateSnapshot(), Ct)).Root;
        await zone.Admin.RequestCopyAsync(made.Id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, made.Id, "archive", 1);
        using SiteClient client = await museum.DialAsync(zone, "archive");
        var holder = new HomeClient(client, TimeProvider.System);
        PageBlobs[] wanted = [new(root, [BlobHash.Compute("one"u8)])];

        Result<Stream> before = await holder.BlobsAsync(made.Id, wanted, Ct);
        await zone.Admin.RequestCopyAsync(made.Id, new AskCopy { Site = "museum" }, Ct);
        Result<Stream> after = await holder.BlobsAsync(made.Id, wanted, Ct);
        while (!after.IsOk)
        {
            await Task.Delay(20, Ct);
            after = await holder.BlobsAsync(made.Id, wanted, Ct);
        }

        await using Stream body = after.Value;
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, Ct);
        Result<OfferedHistory?> history = await holder.HistoryAsync(made.Id, null, Ct);
        Result<Stream> foreign = await holder.BlobsAsync(made.Id, [new PageBlobs(root, [BlobHash.Compute("another"u8)])], Ct);

        Assert.False(before.IsOk);
        Assert.Equal("one"u8, bytes.ToArray().AsSpan(512, 3));
        Assert.Contains("is another site", history.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("has no file whose SHA-256 is", foreign.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_answers_others_about_copies_that_they_are_to_have_and_about_nothing_else()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        DatasetInfo made = await compute.Admin.CreateDatasetAsync(new CreateDataset { Name = "result" }, Ct);
        using var curious = new Intruder(await zone.InviteAsync("curious"));
        using SiteClient client = await curious.DialAsync(zone, "compute");
        var home = new HomeClient(client, TimeProvider.System);

        Result<OfferedHistory?> stranger = await home.HistoryAsync(made.Id, null, Ct);
        await curious.JoinAsync();
        Result<OfferedHistory?> member = await UntilKnownAsync(home, made.Id);
        Result<BeatAnswer> beat = await client.CallAsync(
            PeerCalls.Beat, new BeatRequest { Release = "9.9.9", Time = DateTimeOffset.UtcNow }, Ct);
        Result<Done> told = await home.ReportAsync(made.Id, new CopyProgress("complete", null, 1, 1, 1, 1, 1, null), Ct);

        Assert.Equal(ErrorCode.Forbidden, stranger.Error!.Code);
        Assert.Equal(ErrorCode.NotFound, member.Error!.Code);
        Assert.Equal(ErrorCode.Forbidden, beat.Error!.Code);
        Assert.Contains("This server is a site of the zone", beat.Error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Forbidden, told.Error!.Code);
    }

    /// <summary>Asks until the site has heard from the zone who asks.</summary>
    private static async Task<Result<OfferedHistory?>> UntilKnownAsync(HomeClient home, DatasetId dataset)
    {
        while (true)
        {
            Result<OfferedHistory?> answer = await home.HistoryAsync(dataset, null, Ct);
            if (answer.IsOk || answer.Error.Code != ErrorCode.Forbidden)
            {
                return answer;
            }

            await Task.Delay(20, Ct);
        }
    }
}
