using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Writing;

/// <summary>Who has changed a dataset through a site reads there what the home has answered, though the copy there follows later.</summary>
public sealed class OwnWritesTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Here => sites.Archive.Admin;

    [Fact]
    public async Task What_was_written_through_the_site_of_a_copy_is_read_there_at_once_at_every_door()
    {
        DatasetId id = await sites.MakeCopiedAsync("copied");

        await Here.PutEntryAsync(id, "b/two.txt", "two"u8.ToArray(), ct: Ct);
        await Here.DeleteEntryAsync(id, "a.txt", Ct);
        await AssertSameAsync(id, "entries/b/two.txt", "tree", "tree?prefix=b");
        Assert.StartsWith("404", await AnswerAsync(sites.Archive, $"datasets/{id}/entries/a.txt"), StringComparison.Ordinal);
        await Here.PutMetadataAsync(id, "{ \"energy\": 12.4 }"u8.ToArray(), null, Ct);
        await AssertSameAsync(id, "metadata", "metadata/history");
        SnapshotInfo taken = await Here.CreateSnapshotAsync(id, new CreateSnapshot { Message = "Elsewhere" }, Ct);
        await Here.PutTagAsync(id, "v1", new PutTag { Snapshot = taken.Number }, Ct);
        Assert.Equal(taken.Root, (await Here.GetSnapshotAsync(id, "v1", Ct)).Root);
        await AssertSameAsync(id, "files?at=v1", "archive.tar?at=v1");
        await Here.PatchDatasetAsync(id, new PatchDataset { Title = "A title" }, Ct);
        await AssertSameAsync(id);
        await Here.CloseDatasetAsync(id, new CloseDataset(), Ct);
        await AssertSameAsync(id, "files", "tree");
    }

    [Fact]
    public async Task Where_there_is_no_copy_it_is_read_at_once_too()
    {
        DatasetId id = await TwoSites.MakeAsync(sites.Zone.Admin, "elsewhere");
        await UntilKnownAsync(id);

        for (int i = 0; i < 5; i++)
        {
            await Here.PutEntryAsync(id, "a.txt", BitConverter.GetBytes(i), ct: Ct);
            await AssertSameAsync(id, "entries/a.txt");
        }
    }

    [Fact]
    public async Task A_dataset_that_was_deleted_through_a_site_is_gone_there_at_once()
    {
        DatasetId id = await sites.MakeCopiedAsync("deleted");

        await Here.DeleteDatasetAsync(id, Ct);
        var refused = await Assert.ThrowsAsync<HutchException>(() => Here.ListTreeAsync(id, null, null, null, null, null, ct: Ct));

        Assert.Equal(ErrorCode.InTrash, refused.Error.Code);
        Assert.Equal("trash", (await sites.Zone.Admin.GetDatasetAsync(id, Ct)).State);
    }

    [Fact]
    public async Task It_is_read_at_once_after_the_site_was_started_again_too()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetId id = await TwoSites.MakeAsync(zone.Admin, "restarted");
        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 1);

        await site.Admin.PutEntryAsync(id, "a.txt", "two"u8.ToArray(), ct: Ct);
        await site.RestartAsync();

        Assert.Equal("two", await Copied.ReadTextAsync(site.Admin, id, "a.txt"));
    }

    [Fact]
    public async Task While_the_home_is_away_a_writer_cannot_read_the_copy_and_other_readers_see_its_age()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetId id = await TwoSites.MakeAsync(zone.Admin, "lonely");
        await zone.Admin.PatchDatasetAsync(id, new PatchDataset { Visibility = "public" }, Ct);
        await UntilStatusAsync(site, "", id, "200");
        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 1);

        await site.Admin.PutEntryAsync(id, "a.txt", "two"u8.ToArray(), ct: Ct);
        await zone.StopAsync();
        string own = await AnswerAsync(site, $"datasets/{id}/entries/a.txt");
        string fixedVersion = await AnswerAsync(site, $"datasets/{id}/entries/a.txt?at=1");
        (string other, bool hasAge) = await RequestAsync(site, id);
        await zone.StartAgainAsync();

        Assert.StartsWith("503", own, StringComparison.Ordinal);
        Assert.True(fixedVersion.StartsWith("200", StringComparison.Ordinal), fixedVersion);
        Assert.EndsWith("\n\none", fixedVersion, StringComparison.Ordinal);
        Assert.Equal("one", other);
        Assert.True(hasAge);
    }

    /// <summary>The home and the site give the same answers.</summary>
    private async Task AssertSameAsync(DatasetId id, params string[] paths)
    {
        foreach (string path in paths.Select(path => $"datasets/{id}/{path}"))
        {
            string here = await AnswerAsync(sites.Archive, path);
            string home = await AnswerAsync(sites.Zone, path);
            Assert.True(home == here, $"{path}\n{home}\nbut at the site\n{here}");
        }

        DatasetInfo at = await sites.Zone.Admin.GetDatasetAsync(id, Ct);
        DatasetInfo there = await Here.GetDatasetAsync(id, Ct);
        Assert.Equal((at.Title, at.State, at.Snapshots, at.Files), (there.Title, there.State, there.Snapshots, there.Files));
    }

    private static Task<string> AnswerAsync(SiteServer server, string path) =>
        Copied.AnswerAsync(server.Address, server.AdminToken, path);

    private Task UntilKnownAsync(DatasetId id) => UntilStatusAsync(sites.Archive, sites.Archive.AdminToken, id, "200");

    private static async Task UntilStatusAsync(SiteServer server, string token, DatasetId id, string status)
    {
        while (!(await Copied.AnswerAsync(server.Address, token, $"datasets/{id}")).StartsWith(status, StringComparison.Ordinal))
        {
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>What somebody without a token reads of a file.</summary>
    private static async Task<(string Text, bool HasAge)> RequestAsync(SiteServer server, DatasetId id)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using HttpResponseMessage answer = await http.GetAsync(new Uri($"api/v1/datasets/{id}/entries/a.txt", UriKind.Relative), Ct);
        return (await answer.Content.ReadAsStringAsync(Ct), answer.Headers.Age is not null);
    }
}
