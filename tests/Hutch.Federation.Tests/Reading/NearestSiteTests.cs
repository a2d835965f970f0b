using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>A site reads what it does not have from the nearest site that has it, and so also without its home.</summary>
public sealed class NearestSiteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_site_whose_labels_differ_least_is_asked_first_and_the_home_after_a_copy_that_is_as_near()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await using SiteServer near = await SiteServer.StartAsync("new");
        await using SiteServer far = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await near.JoinAsync(zone, "near");
        await far.JoinAsync(zone, "far");
        await LabelAsync("compute", ("country", "CZ"));
        await LabelAsync("near", ("country", "CZ"));
        await LabelAsync("far", ("country", "SE"), ("tier", "archive"));
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "far" }, Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "near" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "far", 1);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "near", 1);

        // The zone's own site has no labels, so the other sites know none.
        string[] expected = [near.Zone.Sites.OwnId, zone.Zone.Sites.OwnId, far.Zone.Sites.OwnId];
        IReadOnlyList<string> listed;
        do
        {
            listed = await new NearestSites(compute.Zone.Sites, compute.Zone.Copies).ListAsync(scan.Id, zone.Zone.Sites.OwnId, Ct);
        }
        while (listed.Count < 3);

        await LabelAsync("near");
        await LabelAsync("far");
        await LabelAsync("compute");
        while ((await compute.Zone.Sites.OwnLabelsAsync(Ct)).Count > 0)
        {
            await Task.Delay(20, Ct);
        }

        IReadOnlyList<string> equal =
            await new NearestSites(compute.Zone.Sites, compute.Zone.Copies).ListAsync(scan.Id, zone.Zone.Sites.OwnId, Ct);

        Assert.Equal(expected, listed);
        Assert.Equal([.. new[] { expected[0], expected[2] }.Order(StringComparer.Ordinal), expected[1]], equal);

        async Task LabelAsync(string site, params (string Key, string Value)[] labels) => await zone.Admin.LabelSiteAsync(
            site, new LabelSite { Labels = labels.ToDictionary(static one => one.Key, static one => one.Value) }, Ct);
    }

    [Fact]
    public async Task Without_its_home_a_version_is_read_from_a_site_with_a_copy_also_what_was_not_read_before()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await archive.JoinAsync(zone, "archive");
        DatasetId id = await CloseWithCopyAsync(zone);
        string[] paths = ["readme.txt", "raw/frame-041.bin", "raw/deep/er/middle.bin", "large.bin"];
        var there = new List<string>();
        foreach (string path in paths)
        {
            there.Add(await Copied.AnswerAsync(archive.Address, archive.AdminToken, $"datasets/{id}/entries/{path}?at=@2"));
        }

        await UntilCopyKnownAsync(compute, id);
        await UntilListedAsync(compute, id);
        await zone.StopAsync();
        var here = new List<string>();
        foreach (string path in paths)
        {
            here.Add(await Copied.AnswerAsync(compute.Address, compute.AdminToken, $"datasets/{id}/entries/{path}?at=@2"));
        }

        await archive.StopAsync();
        string nowhere = await Copied.AnswerAsync(compute.Address, compute.AdminToken, $"datasets/{id}/entries/raw/frame-001.bin?at=@2");
        await archive.StartAgainAsync();
        await zone.StartAgainAsync();

        Assert.All(there, static answer => Assert.StartsWith("200", answer, StringComparison.Ordinal));
        Assert.Equal(there, here);
        Assert.StartsWith("503", nowhere, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_with_a_copy_serves_authorized_readers_at_other_sites_except_at_sites_that_a_rule_excludes()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        using var curious = new Intruder(await zone.InviteAsync("curious"));
        await curious.JoinAsync();
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        SnapshotInfo version = await zone.Admin.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "archive", 1);
        CreatedToken own = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "curious", Scopes = ["read"] }, Ct);
        CreatedToken stolen = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read"] }, Ct);
        using SiteClient copy = await curious.DialAsync(zone, "archive");

        HutchError? read = await UntilAsync(own.Id, static answer => answer is null);
        HutchError? nobody = await AskAsync(null);
        HutchError? other = await AskAsync(stolen.Id);
        await zone.Admin.AddRuleAsync(scan.Id, new AddDatasetRule { Rule = "serve where site in (facility, archive)" }, Ct);
        HutchError? kept = await UntilAsync(own.Id, static answer => answer is not null);

        Assert.Null(read);
        Assert.Equal(ErrorCode.Unauthenticated, nobody!.Code);
        Assert.Equal("There is no valid token with this id for this site.", other!.Message);
        Assert.Equal(ErrorCode.NotFound, kept!.Code);

        async Task<HutchError?> AskAsync(string? token) => (await new HomeClient(copy, TimeProvider.System, new Reader { Token = token })
            .PagesAsync(scan.Id, [version.Root], Ct)).Error;

        async Task<HutchError?> UntilAsync(string token, Func<HutchError?, bool> holds)
        {
            while (true)
            {
                HutchError? answer = await AskAsync(token);
                if (holds(answer))
                {
                    return answer;
                }

                await Task.Delay(20, Ct);
            }
        }
    }

    [Fact]
    public async Task A_site_that_gets_a_copy_later_learns_whom_a_rule_leaves_out()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        using var curious = new Intruder(await zone.InviteAsync("curious"));
        await curious.JoinAsync();
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        SnapshotInfo version = await zone.Admin.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        CreatedToken own = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "curious", Scopes = ["read"] }, Ct);
        await zone.Admin.AddRuleAsync(scan.Id, new AddDatasetRule { Rule = "serve where site in (facility, archive)" }, Ct);
        await zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, scan.Id, "archive", 1);
        using SiteClient copy = await curious.DialAsync(zone, "archive");

        HutchError? kept = (await new HomeClient(copy, TimeProvider.System, new Reader { Token = own.Id })
            .PagesAsync(scan.Id, [version.Root], Ct)).Error;

        Assert.Equal(ErrorCode.NotFound, kept!.Code);
        Assert.Equal($"There is no dataset {scan.Id}.", kept.Message);
    }

    [Fact]
    public async Task A_site_that_has_joined_brings_its_copy_from_the_home_and_from_another_such_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await archive.JoinAsync(zone, "archive");
        DatasetId id = await CloseWithCopyAsync(zone);
        await UntilCopyKnownAsync(compute, id);

        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "compute", 2);

        IReadOnlyList<SiteTrafficInfo> traffic = (await compute.Admin.GetSitesAsync(Ct)).Here.Traffic!;
        Assert.Contains(traffic, static line => line.Site == "archive" && line.InDay > 0);
        Assert.Contains(traffic, static line => line.Site == "the site of the zone" && line.InDay > 0);
    }

    /// <summary>Makes a closed dataset of which the archive has a complete copy.</summary>
    private static async Task<DatasetId> CloseWithCopyAsync(SiteServer zone)
    {
        DatasetId id = await Copied.MakeAsync(zone.Admin, "scan");
        await zone.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);
        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, "archive", 2);
        return id;
    }

    /// <summary>Waits until a site knows that another one has a copy.</summary>
    private static async Task UntilCopyKnownAsync(SiteServer site, DatasetId id)
    {
        while ((await site.Zone.Copies.OfDatasetAsync(id, Ct)).Count == 0)
        {
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Waits until a site knows the versions of a dataset, but none of its pages.</summary>
    private static async Task UntilListedAsync(SiteServer site, DatasetId id)
    {
        while (!(await Copied.AnswerAsync(site.Address, site.AdminToken, $"datasets/{id}/snapshots")).StartsWith("200", StringComparison.Ordinal))
        {
            await Task.Delay(20, Ct);
        }
    }
}
