using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>A rule keeps datasets away from sites: also those that come later, and from sites that ask all the same.</summary>
public sealed class ServeRuleTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    private HutchClient There => sites.Archive.Admin;

    [Fact]
    public async Task A_serve_rule_for_an_owner_hides_later_datasets_from_any_client_with_the_key_of_an_excluded_site()
    {
        using HutchClient tom = await sites.UserAsync("tom");
        using HutchClient lea = await sites.UserAsync("lea");
        using var curious = new Intruder(await sites.Zone.InviteAsync("curious"));
        Assert.True((await curious.JoinAsync()).IsOk);
        await Admin.AddRuleAsync(new AddRule { Rule = "serve where site in (facility, archive)", Owner = "tom" }, Ct);

        DatasetId secret = await TwoSites.MakeAsync(tom, "very-secret-name");
        await tom.PutGrantAsync(secret, "user:lea", new PutGrant { Right = "read" }, Ct);
        DatasetId open = await TwoSites.MakeAsync(lea, "open-name");
        string feed = await FeedAsync(curious);
        var ask = await Assert.ThrowsAsync<HutchException>(() => Admin.RequestCopyAsync(secret, new AskCopy { Site = "curious" }, Ct));
        Result<bool> history = await curious.AskHistoryAsync(secret);

        Assert.Contains(open.ToString(), feed, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-name", feed, StringComparison.Ordinal);
        Assert.DoesNotContain("\"" + secret + " ", feed, StringComparison.Ordinal);
        Assert.Contains("is not to have tom/very-secret-name", ask.Error.Message, StringComparison.Ordinal);
        Assert.False(history.IsOk);
    }

    [Fact]
    public async Task A_site_that_had_a_copy_and_is_kept_away_gets_nothing_more_of_it()
    {
        using var curious = new Intruder(await sites.Zone.InviteAsync("holder"));
        Assert.True((await curious.JoinAsync()).IsOk);
        DatasetId scan = await TwoSites.MakeAsync(Admin, "held");
        await Admin.RequestCopyAsync(scan, new AskCopy { Site = "holder" }, Ct);
        Result<bool> before = await curious.AskHistoryAsync(scan);

        await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site in (facility, archive)" }, Ct);
        Result<bool> after = await curious.AskHistoryAsync(scan);
        string feed = await FeedAsync(curious);

        Assert.True(before.IsOk);
        Assert.Equal(ErrorCode.NotFound, after.Error!.Code);
        Assert.DoesNotContain("\"held\"", feed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_at_another_site_gives_nothing_to_a_site_that_is_left_out()
    {
        using var curious = new Intruder(await sites.Zone.InviteAsync("reader"));
        Assert.True((await curious.JoinAsync()).IsOk);
        DatasetId scan = await TwoSites.MakeAsync(There, "at-home-there");
        var used = new Reader { Token = (await Admin.CreateTokenAsync(new CreateToken { Site = "reader", Scopes = ["read"] }, Ct)).Id };
        using SiteClient dialled = await curious.DialAsync(sites.Zone, "archive");
        var reader = new HomeClient(dialled, TimeProvider.System, used);
        Result<OfferedHistory?> before = await reader.HistoryAsync(scan, null, Ct);
        while (!before.IsOk)
        {
            await Task.Delay(20, Ct);
            before = await reader.HistoryAsync(scan, null, Ct);
        }

        RuleInfo rule = await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site in (facility, archive)" }, Ct);
        Result<OfferedHistory?> after = await reader.HistoryAsync(scan, null, Ct);
        await Admin.RemoveRuleAsync(rule.Number, Ct);
        await before.Value!.Document.DisposeAsync();

        Assert.Equal(ErrorCode.NotFound, after.Error!.Code);
    }

    [Fact]
    public async Task A_label_that_is_taken_away_takes_the_datasets_away_and_copies_go_only_where_they_may()
    {
        await sites.LabelAsync("facility", ("zone", "safe"));
        await sites.LabelAsync("archive", ("tier", "archive"), ("zone", "safe"));
        DatasetId scan = await TwoSites.MakeAsync(Admin, "by-label");
        RuleInfo serve = await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where zone=safe" }, Ct);
        await UntilSeenAsync(scan);

        await sites.LabelAsync("archive", ("tier", "archive"));
        RuleInfo copies = await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "1 copy where tier=archive" }, Ct);
        RuleStanding impossible = await TwoSites.UntilAsync(Admin, scan, copies.Number, "impossible");
        string kept = await Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, $"datasets/{scan}");

        Assert.Contains("that you can see", kept, StringComparison.Ordinal);
        Assert.Equal("is excluded by 'serve where zone=safe'", impossible.Sites[0].Reason);
        Assert.Empty((await Admin.GetCopiesAsync(scan, Ct)).Items);
        var own = await Assert.ThrowsAsync<HutchException>(() => sites.LabelAsync("facility"));
        Assert.Contains($"rule {serve.Number}", own.Error.Message, StringComparison.Ordinal);
        await Admin.RemoveRuleAsync(serve.Number, Ct);
        await sites.LabelAsync("facility");
    }

    [Fact]
    public async Task A_temporary_dataset_is_kept_away_though_it_cannot_be_copied()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "temporary", days: 7);
        RuleInfo copy = await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "1 copy where site=archive" }, Ct);

        RuleInfo serve = await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);
        RuleStanding impossible = await TwoSites.UntilAsync(Admin, scan, copy.Number, "impossible");
        RuleStanding kept = Assert.Single((await Admin.GetRulesAsync(scan, Ct)).Items, one => one.Rule.Number == serve.Number);

        // Other tests leave unreachable sites in the zone, and the state of the dataset at these is unknown.
        Assert.NotEqual("impossible", kept.State);
        Assert.Contains(kept.Sites, static one => one is { Site: "archive", Reason: "is left out, and does not show it" });
        Assert.Equal("It is temporary, and temporary datasets are not copied.", impossible.Summary);
    }

    [Fact]
    public async Task Neither_the_site_of_the_zone_nor_the_home_can_be_left_out()
    {
        DatasetId scan = await TwoSites.MakeAsync(There, "at-the-archive");

        var zone = await Assert.ThrowsAsync<HutchException>(
            () => Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site=archive" }, Ct));
        var home = await Assert.ThrowsAsync<HutchException>(
            () => Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site=facility" }, Ct));
        var trial = await Assert.ThrowsAsync<HutchException>(
            () => Admin.TryRuleAsync(scan, new AddDatasetRule { Rule = "serve where site=facility" }, Ct));
        var type = await Assert.ThrowsAsync<HutchException>(
            () => Admin.AddRuleAsync(new AddRule { Rule = "serve where site=archive", Type = "generic" }, Ct));

        Assert.StartsWith("'serve where site=archive' leaves out facility", zone.Error.Message, StringComparison.Ordinal);
        Assert.StartsWith("'serve where site=facility' leaves out archive", home.Error.Message, StringComparison.Ordinal);
        Assert.Equal(home.Error.Message, trial.Error.Message);
        Assert.Equal(zone.Error.Message, type.Error.Message);
    }

    private async Task UntilSeenAsync(DatasetId dataset)
    {
        while ((await Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, $"datasets/{dataset}"))
            .Contains("that you can see", StringComparison.Ordinal))
        {
            await Task.Delay(20, Ct);
        }
    }

    private static async Task<string> FeedAsync(Intruder site) => JsonSerializer.Serialize((await site.BeatAsync()).Value.Feed);
}
