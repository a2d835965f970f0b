using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Zone;

namespace Hutch.Federation.Tests.Placement;

/// <summary>A rule keeps datasets of a type away from sites: which type one has, its home says, and until then it is kept away.</summary>
public sealed class TypeRuleTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    private HutchClient There => sites.Archive.Admin;

    [Fact]
    public async Task A_dataset_that_becomes_of_the_type_at_its_home_elsewhere_is_forgotten_by_a_site_that_is_left_out_and_comes_back()
    {
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(sites.Zone, "compute");
        DatasetId scan = await TwoSites.MakeAsync(There, "by-type");
        await Admin.RequestCopyAsync(scan, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(Admin, scan, "compute", 1);
        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "serve where site in (facility, archive)", Type = "image-stack" }, Ct);
        await UntilAsync(compute, scan, isShown: true);
        bool wasListed = await IsListedAsync(compute, scan);

        await There.PatchDatasetAsync(scan, new PatchDataset { Type = "mx/rotation" }, Ct);
        await UntilAsync(compute, scan, isShown: false);
        bool isListed = await IsListedAsync(compute, scan);
        string file = await Copied.AnswerAsync(compute.Address, compute.AdminToken, $"datasets/{scan}/files/a.txt");
        var copy = await Assert.ThrowsAsync<HutchException>(() => Admin.RequestCopyAsync(scan, new AskCopy { Site = "compute" }, Ct));
        await There.PatchDatasetAsync(scan, new PatchDataset { Type = "generic" }, Ct);
        await UntilAsync(compute, scan, isShown: true);
        await Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.True(wasListed);
        Assert.False(isListed);
        Assert.StartsWith("404", file, StringComparison.Ordinal);
        Assert.EndsWith($"rule {rule.Number} says 'serve where site in (archive, facility)'.", copy.Error.Message, StringComparison.Ordinal);
        Assert.Equal("one", await Copied.ReadTextAsync(compute.Admin, scan, "a.txt"));
    }

    [Fact]
    public async Task A_site_that_is_left_out_never_hears_of_a_new_dataset_of_the_type_and_its_home_refuses_it()
    {
        using var curious = new Intruder(await sites.Zone.InviteAsync("curious"));
        Assert.True((await curious.JoinAsync()).IsOk);
        var used = new Reader { Token = (await Admin.CreateTokenAsync(new CreateToken { Site = "curious", Scopes = ["read"] }, Ct)).Id };
        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "serve where site in (facility, archive)", Type = "mx/rotation" }, Ct);

        DatasetId secret = await TwoSites.MakeAsync(There, "secret-by-type", "mx/rotation");
        DatasetId open = await TwoSites.MakeAsync(There, "open-by-type", "cryoem/spa");
        string feed = await FeedAsync(curious);
        while (!feed.Contains("open-by-type", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("secret-by-type", feed, StringComparison.Ordinal);
            await Task.Delay(20, Ct);
            feed = await FeedAsync(curious);
        }

        using SiteClient dialled = await curious.DialAsync(sites.Zone, "archive");
        var reader = new HomeClient(dialled, TimeProvider.System, used);
        Result<OfferedHistory?> shown = await reader.HistoryAsync(open, null, Ct);
        while (!shown.IsOk)
        {
            await Task.Delay(20, Ct);
            shown = await reader.HistoryAsync(open, null, Ct);
        }

        Result<OfferedHistory?> kept = await reader.HistoryAsync(secret, null, Ct);
        await shown.Value!.Document.DisposeAsync();
        await Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.DoesNotContain("secret-by-type", feed, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.NotFound, kept.Error!.Code);
    }

    [Fact]
    public async Task A_home_that_lies_about_types_can_reveal_its_own_datasets_but_none_of_other_homes()
    {
        using var liar = new Intruder(await sites.Zone.InviteAsync("lying-home"));
        using var curious = new Intruder(await sites.Zone.InviteAsync("listener"));
        Assert.True((await liar.JoinAsync()).IsOk && (await curious.JoinAsync()).IsOk);
        string token = (await Admin.CreateTokenAsync(new CreateToken { Site = "lying-home" }, Ct)).Id;
        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "serve where site=facility", Type = "mx/rotation" }, Ct);
        DatasetId secret = await TwoSites.MakeAsync(Admin, "not-the-liars", "mx/rotation");
        DatasetId own = new(Guid.NewGuid());
        Assert.True((await liar.NameAsync(token, own, "the-liars-own")).IsOk);

        string silent = await FeedAsync(curious);
        await UntilTakenAsync(liar, own, "mx/rotation-or-so");
        string made = await FeedAsync(curious);
        Result<SummariesAnswer> lie = await liar.ReportAsync([From(secret, "generic")]);
        await UntilTakenAsync(liar, own, "generic");
        string lied = await FeedAsync(curious);
        await UntilTakenAsync(liar, own, "mx/rotation");
        string hidden = await FeedAsync(curious);
        await Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.Equal([secret], lie.Value.NotTaken);
        Assert.All([silent, made, hidden], feed => Assert.DoesNotContain("the-liars-own", feed, StringComparison.Ordinal));
        Assert.Contains("the-liars-own", lied, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-liars", lied, StringComparison.Ordinal);
    }

    /// <summary>Says so until the zone takes it in: it takes no second summary of a dataset within two seconds.</summary>
    private static async Task UntilTakenAsync(Intruder home, DatasetId dataset, string type)
    {
        while ((await home.ReportAsync([From(dataset, type)])).Value.NotTaken.Count > 0)
        {
            await Task.Delay(100, Ct);
        }
    }

    private static DatasetSummary From(DatasetId dataset, string type) => new()
    {
        Dataset = dataset,
        Epoch = 1,
        Type = type,
        Origin = DatasetOrigin.Original,
        Created = 1,
        Files = 1,
        Bytes = 1,
        HeadVersion = 1,
    };

    private static async Task UntilAsync(SiteServer site, DatasetId dataset, bool isShown)
    {
        while ((await Copied.AnswerAsync(site.Address, site.AdminToken, $"datasets/{dataset}")).StartsWith("200", StringComparison.Ordinal)
            != isShown)
        {
            await Task.Delay(20, Ct);
        }
    }

    private static async Task<bool> IsListedAsync(SiteServer site, DatasetId dataset) =>
        (await Copied.AnswerAsync(site.Address, site.AdminToken, "datasets")).Contains(dataset.ToString(), StringComparison.Ordinal);

    private static async Task<string> FeedAsync(Intruder site) => JsonSerializer.Serialize((await site.BeatAsync()).Value.Feed);
}
