using Hutch.Client;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Federation.Tests.Placement;

/// <summary>Homes move where rules say.</summary>
public sealed class HomeRuleTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    [Fact]
    public async Task A_home_moves_to_a_site_that_a_rule_means_and_what_it_leaves_behind_is_released()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "off-scratch");

        RuleInfo rule = await AddAsync(scan, "home where tier=archive");
        await Copied.UntilHomeAsync(Admin, scan, "archive");
        RuleStanding standing = await TwoSites.UntilAsync(Admin, scan, rule.Number, "fulfilled");
        CopyInfo left = await Copied.UntilAsync(Admin, scan, "facility", static copy => copy.State == "released");
        await sites.Archive.Admin.PutEntryAsync(scan, "b.txt", "two"u8.ToArray(), ct: Ct);

        Assert.Equal("archive is the home.", standing.Summary);
        Assert.True(left.Chosen);
        Assert.Equal("two", await Copied.ReadTextAsync(sites.Archive.Admin, scan, "b.txt"));
        Assert.Equal("one", await Copied.ReadTextAsync(Admin, scan, "a.txt"));
    }

    [Fact]
    public async Task The_copy_that_another_rule_wants_stays_where_the_home_was()
    {
        await sites.LabelAsync("facility", ("tier", "disk"));
        DatasetId scan = await TwoSites.MakeAsync(sites.Archive.Admin, "made-there");
        RuleInfo copy = await AddAsync(scan, "1 copy where tier=archive");

        RuleInfo home = await AddAsync(scan, "home where tier=disk");
        await Copied.UntilHomeAsync(Admin, scan, "facility");
        await TwoSites.UntilAsync(Admin, scan, home.Number, "fulfilled");
        await TwoSites.UntilAsync(Admin, scan, copy.Number, "fulfilled");
        await Copied.UntilCompleteAsync(Admin, scan, "archive", 1);

        Assert.Equal("one", await Copied.ReadTextAsync(sites.Archive.Admin, scan, "a.txt"));
    }

    [Fact]
    public async Task A_rule_for_homes_is_not_for_a_type()
    {
        var refused = await Assert.ThrowsAsync<HutchException>(
            () => Admin.AddRuleAsync(new AddRule { Rule = "home where tier=archive", Type = "generic" }, Ct));

        Assert.StartsWith("A rule 'home where' is for a dataset, an owner or all datasets, not for a type", refused.Message, StringComparison.Ordinal);
    }

    private Task<RuleInfo> AddAsync(DatasetId dataset, string rule) =>
        Admin.AddRuleAsync(dataset, new AddDatasetRule { Rule = rule }, Ct);
}
