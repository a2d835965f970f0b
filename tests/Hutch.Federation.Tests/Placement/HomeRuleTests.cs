using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>Homes move where rules say.</summary>
public sealed class HomeRuleTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    [Fact]
    public async Task A_home_moves_to_the_site_that_a_rule_selects_and_its_old_copy_is_released()
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
    public async Task A_rule_for_a_type_moves_the_homes_of_its_datasets_also_from_another_site_and_no_others()
    {
        DatasetId result = await TwoSites.MakeAsync(sites.Archive.Admin, "a-result", "mx/grid-scan");
        DatasetId other = await TwoSites.MakeAsync(sites.Archive.Admin, "no-result", "cryoem/spa");

        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "home where site=facility", Type = "image-stack" }, Ct);
        await Copied.UntilHomeAsync(Admin, result, "facility");
        await Admin.RemoveRuleAsync(rule.Number, Ct);
        DatasetId later = await TwoSites.MakeAsync(Admin, "another-result", "mx/rotation");
        RuleInfo back = await Admin.AddRuleAsync(new AddRule { Rule = "home where tier=archive", Type = "mx/rotation" }, Ct);
        await Copied.UntilHomeAsync(Admin, later, "archive");
        await Admin.RemoveRuleAsync(back.Number, Ct);

        Assert.Equal("facility", (await Admin.GetCopiesAsync(result, Ct)).Home);
        Assert.Equal("archive", (await Admin.GetCopiesAsync(other, Ct)).Home);
    }

    private Task<RuleInfo> AddAsync(DatasetId dataset, string rule) =>
        Admin.AddRuleAsync(dataset, new AddDatasetRule { Rule = rule }, Ct);
}
