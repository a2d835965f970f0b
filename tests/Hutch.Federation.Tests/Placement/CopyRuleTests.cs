using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>Somebody says at how many sites of which kind a dataset is to be, and it comes to be there.</summary>
public sealed class CopyRuleTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    [Fact]
    public async Task A_rule_is_fulfilled_without_a_command_and_the_copy_states_its_reason()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "by-itself");

        RuleInfo rule = await AddAsync(scan, "1 copies where tier = archive&country=CZ");
        RuleStanding fulfilled = await TwoSites.UntilAsync(Admin, scan, rule.Number, "fulfilled");
        CopyInfo copy = Assert.Single((await Admin.GetCopiesAsync(scan, Ct)).Items);

        Assert.Equal("1 copy where tier=archive & country=CZ", rule.Rule);
        Assert.Equal("1 of 1 copy is there.", fulfilled.Summary);
        Assert.Equal("archive has a copy", string.Join('\n', fulfilled.Sites.Select(static site => $"{site.Site} {site.Reason}")));
        Assert.Equal(("archive", "complete"), (copy.Site, copy.State));
        Assert.StartsWith("was chosen for '1 copy where tier=archive & country=CZ': it has room for", copy.Reason, StringComparison.Ordinal);
        Assert.Equal("one", await Copied.ReadTextAsync(sites.Archive.Admin, scan, "a.txt"));
    }

    [Fact]
    public async Task The_home_counts_when_the_rule_means_it_by_its_name_or_its_labels()
    {
        await sites.LabelAsync("facility", ("tier", "disk"));
        DatasetId scan = await TwoSites.MakeAsync(Admin, "at-home");

        RuleInfo byName = await AddAsync(scan, "1 copy where site=facility");
        RuleInfo byLabel = await AddAsync(scan, "1 copy where tier=disk");

        Assert.Equal("disk", (await Admin.GetSitesAsync(Ct)).Here.Labels["tier"]);
        Assert.Equal("is the home", (await TwoSites.UntilAsync(Admin, scan, byName.Number, "fulfilled")).Sites[0].Reason);
        Assert.Equal("is the home", (await TwoSites.UntilAsync(Admin, scan, byLabel.Number, "fulfilled")).Sites[0].Reason);
        Assert.Empty((await Admin.GetCopiesAsync(scan, Ct)).Items);
    }

    [Fact]
    public async Task A_dataset_that_is_at_home_at_a_site_is_copied_to_the_site_of_the_zone()
    {
        DatasetId scan = await TwoSites.MakeAsync(sites.Archive.Admin, "made-there");

        RuleInfo rule = await AddAsync(scan, "1 copy where site=facility");
        await TwoSites.UntilAsync(Admin, scan, rule.Number, "fulfilled");

        Assert.Equal("one", await Copied.ReadTextAsync(Admin, scan, "a.txt"));
    }

    [Fact]
    public async Task A_rule_that_no_site_can_fulfil_says_so_and_is_fulfilled_once_a_site_can()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "later");

        RuleInfo rule = await AddAsync(scan, "1 copy where colour=green");
        RuleStanding impossible = await TwoSites.UntilAsync(Admin, scan, rule.Number, "impossible");
        await sites.LabelAsync("archive", ("tier", "archive"), ("country", "CZ"), ("colour", "green"));
        await TwoSites.UntilAsync(Admin, scan, rule.Number, "fulfilled");

        Assert.Equal("0 of 1 copy is there: no site matches 'colour=green'.", impossible.Summary);
    }

    [Fact]
    public async Task A_rule_for_an_owner_covers_later_datasets_of_that_owner_only()
    {
        using HutchClient eva = await sites.UserAsync("eva");
        DatasetId before = await TwoSites.MakeAsync(eva, "before");

        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "1 copy where tier=archive", Owner = "eva" }, Ct);
        DatasetId after = await TwoSites.MakeAsync(eva, "after");
        DatasetId other = await TwoSites.MakeAsync(Admin, "not-of-eva");
        await TwoSites.UntilAsync(eva, before, rule.Number, "fulfilled");
        await TwoSites.UntilAsync(eva, after, rule.Number, "fulfilled");
        RuleEffectInfo effect = await Admin.GetRuleAsync(rule.Number, Ct);

        Assert.Equal(("owner", "eva"), (rule.Scope, rule.Subject));
        Assert.Equal((2, 2), (effect.Datasets, effect.Fulfilled));
        Assert.Empty((await Admin.GetRulesAsync(other, Ct)).Items);
    }

    [Fact]
    public async Task A_rule_for_a_type_holds_for_types_that_inherit_from_it_and_for_datasets_that_become_of_it()
    {
        DatasetId grid = await TwoSites.MakeAsync(Admin, "grid", "mx/grid-scan");
        DatasetId other = await TwoSites.MakeAsync(Admin, "no-images");

        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "1 copy where tier=archive", Type = "image-stack" }, Ct);
        await TwoSites.UntilAsync(Admin, grid, rule.Number, "fulfilled");
        bool wasMeant = (await Admin.GetRulesAsync(other, Ct)).Items.Any(one => one.Rule.Number == rule.Number);
        await Admin.PatchDatasetAsync(other, new PatchDataset { Type = "mx/rotation" }, Ct);
        await TwoSites.UntilAsync(Admin, other, rule.Number, "fulfilled");
        await Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.False(wasMeant);
    }

    [Fact]
    public async Task A_rule_for_a_type_also_copies_datasets_with_homes_at_other_sites()
    {
        DatasetId there = await TwoSites.MakeAsync(sites.Archive.Admin, "tomogram", "tomography/scan");

        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "1 copy where site=facility", Type = "tomography/scan" }, Ct);
        DatasetId later = await TwoSites.MakeAsync(sites.Archive.Admin, "another-tomogram", "tomography/scan");
        await Copied.UntilCompleteAsync(Admin, there, "facility", 1);
        await Copied.UntilCompleteAsync(Admin, later, "facility", 1);
        RuleEffectInfo effect = await Admin.GetRuleAsync(rule.Number, Ct);
        await Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.Equal((2, 2), (effect.Datasets, effect.Fulfilled));
        Assert.Equal("one", await Copied.ReadTextAsync(Admin, there, "a.txt"));
    }

    [Fact]
    public async Task A_rule_does_not_count_datasets_in_the_trash_of_any_home()
    {
        await TwoSites.MakeAsync(Admin, "kept-volume", "volume");
        await Admin.DeleteDatasetAsync(await TwoSites.MakeAsync(Admin, "deleted-volume", "volume"), Ct);
        DatasetId there = await TwoSites.MakeAsync(sites.Archive.Admin, "volume-there", "volume");
        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "1 copy where site=nowhere", Type = "volume" }, Ct);
        await UntilCountedAsync(rule, 2);

        await sites.Archive.Admin.DeleteDatasetAsync(there, Ct);
        RuleEffectInfo effect = await UntilCountedAsync(rule, 1);
        await Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.Equal(1, effect.Impossible);
        Assert.Equal("admin/kept-volume", Assert.Single(effect.Open).Name);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_copied_where_and_does_nothing()
    {
        using HutchClient max = await sites.UserAsync("max");
        DatasetId scan = await TwoSites.MakeAsync(max, "dry");

        RuleEffectInfo one = await max.TryRuleAsync(scan, new AddDatasetRule { Rule = "1 copy where tier=archive" }, Ct);
        RuleEffectInfo all = await Admin.TryRuleAsync(new AddRule { Rule = "1 copy where tier=archive", Owner = "max" }, Ct);

        RuleCopies copies = Assert.Single(one.Copies);
        Assert.Equal(("archive", 1, 3), (copies.Site, copies.Copies, copies.Bytes));
        Assert.Equal((0, 1, 1), (one.Rule.Number, one.Datasets, one.Pending));
        Assert.Equal(one.Copies, all.Copies);
        Assert.Empty((await max.GetRulesAsync(scan, Ct)).Items);
        Assert.Empty((await max.GetCopiesAsync(scan, Ct)).Items);
    }

    [Fact]
    public async Task A_copy_that_a_rule_chose_is_released_when_the_rule_ends_and_read_through_the_home()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "released");
        RuleInfo rule = await AddAsync(scan, "1 copy where tier=archive");
        await TwoSites.UntilAsync(Admin, scan, rule.Number, "fulfilled");

        await Admin.RemoveRuleAsync(rule.Number, Ct);
        CopyInfo released = await Copied.UntilAsync(Admin, scan, "archive", static copy => copy.State == "released");
        while (!await IsInTrashThereAsync(scan))
        {
            await Task.Delay(20, Ct);
        }

        string read = await Copied.ReadTextAsync(sites.Archive.Admin, scan, "a.txt");
        DatasetInfo shown = await sites.Archive.Admin.GetDatasetAsync(scan, Ct);
        RuleInfo again = await AddAsync(scan, "1 copy where site=archive");
        await TwoSites.UntilAsync(Admin, scan, again.Number, "fulfilled");
        CopyInfo back = Assert.Single((await Admin.GetCopiesAsync(scan, Ct)).Items);

        Assert.Equal("was released, as no rule wants a copy there", released.Reason);
        Assert.Equal(("one", "open", "complete"), (read, shown.State, back.State));
        Assert.Equal("one", await Copied.ReadTextAsync(sites.Archive.Admin, scan, "a.txt"));
    }

    [Fact]
    public async Task A_removed_rule_makes_no_more_copies_and_leaves_copies_that_a_user_requested()
    {
        using HutchClient kim = await sites.UserAsync("kim");
        DatasetId before = await TwoSites.MakeAsync(kim, "before");
        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "1 copy where tier=archive", Owner = "kim" }, Ct);
        await TwoSites.UntilAsync(kim, before, rule.Number, "fulfilled");
        await kim.RequestCopyAsync(before, new AskCopy { Site = "archive" }, Ct);

        await Admin.RemoveRuleAsync(rule.Number, Ct);
        DatasetId after = await TwoSites.MakeAsync(kim, "after");
        DatasetId later = await TwoSites.MakeAsync(kim, "later");
        RuleInfo other = await AddAsync(kim, later, "1 copy where tier=archive");
        await TwoSites.UntilAsync(kim, later, other.Number, "fulfilled");
        var again = await Assert.ThrowsAsync<HutchException>(() => Admin.RemoveRuleAsync(rule.Number, Ct));

        Assert.Equal("complete", Assert.Single((await kim.GetCopiesAsync(before, Ct)).Items).State);
        Assert.Empty((await kim.GetCopiesAsync(after, Ct)).Items);
        Assert.Equal(ErrorCode.NotFound, again.Error.Code);
    }

    [Fact]
    public async Task What_cannot_be_copied_is_not_and_the_rule_says_why()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "short", days: 3);

        RuleInfo rule = await AddAsync(scan, "1 copy where tier=archive");
        RuleStanding impossible = await TwoSites.UntilAsync(Admin, scan, rule.Number, "impossible");

        Assert.Equal("It is temporary, and temporary datasets are not copied.", impossible.Summary);
        Assert.Empty((await Admin.GetCopiesAsync(scan, Ct)).Items);
    }

    [Fact]
    public async Task Managers_of_a_dataset_make_its_rules_and_only_administrators_make_wider_ones()
    {
        using HutchClient ida = await sites.UserAsync("ida");
        using HutchClient bob = await sites.UserAsync("bob");
        DatasetId scan = await TwoSites.MakeAsync(ida, "mine");
        await ida.PutGrantAsync(scan, "user:bob", new PutGrant { Right = "write" }, Ct);
        RuleInfo rule = await AddAsync(ida, scan, "1 copy where colour=none");

        var add = await Assert.ThrowsAsync<HutchException>(() => AddAsync(bob, scan, "1 copy where tier=archive"));
        var see = await Assert.ThrowsAsync<HutchException>(() => bob.GetRulesAsync(scan, Ct));
        var end = await Assert.ThrowsAsync<HutchException>(() => bob.RemoveRuleAsync(rule.Number, Ct));
        var list = await Assert.ThrowsAsync<HutchException>(() => ida.GetRulesAsync(Ct));
        var wide = await Assert.ThrowsAsync<HutchException>(
            () => ida.AddRuleAsync(new AddRule { Rule = "1 copy where tier=archive", Owner = "ida" }, Ct));
        RuleInfo ended = await ida.RemoveRuleAsync(rule.Number, Ct);

        Assert.All([add, see, end, list, wide], static refused => Assert.Equal(ErrorCode.Forbidden, refused.Error.Code));
        Assert.Equal("ida", ended.CreatedBy);
    }

    [Fact]
    public async Task Wrong_rules_are_refused_with_what_to_do()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "wrong");
        DateTimeOffset past = DateTimeOffset.UtcNow.AddDays(-1);

        string[] messages =
        [
            await RefusedAsync(() => AddAsync(scan, "1 copy where tier=archive and country=CZ")),
            await RefusedAsync(() => Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "1 copy where a=1", Until = past }, Ct)),
            await RefusedAsync(() => Admin.AddRuleAsync(new AddRule { Rule = "1 copy where a=1" }, Ct)),
            await RefusedAsync(() => Admin.AddRuleAsync(new AddRule { Rule = "1 copy where a=1", Type = "no-such" }, Ct)),
            await RefusedAsync(() => Admin.AddRuleAsync(new AddRule { Rule = "1 copy where a=1", Owner = "nobody" }, Ct)),
            await RefusedAsync(() => sites.Archive.Admin.AddRuleAsync(new AddRule { Rule = "1 copy where a=1", All = true }, Ct)),
        ];

        Assert.Contains("'and' is written '&'", messages[0], StringComparison.Ordinal);
        Assert.Equal("The rule would have ended already: give a time in the future.", messages[1]);
        Assert.Contains("name one of the three", messages[2], StringComparison.Ordinal);
        Assert.Equal("There is no type 'no-such'.", messages[3]);
        Assert.Equal("There is no user or group 'nobody'.", messages[4]);
        Assert.Contains("rules are kept at its zone", messages[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authors_of_rules_and_requesters_of_copies_are_notified_when_the_copies_are_complete()
    {
        DatasetId ruled = await TwoSites.MakeAsync(Admin, "told-of-a-rule");
        DatasetId asked = await TwoSites.MakeAsync(Admin, "told-of-a-copy");

        await AddAsync(ruled, "1 copy where tier=archive");
        await Admin.RequestCopyAsync(asked, new AskCopy { Site = "archive" }, Ct);

        await UntilToldAsync("The copies of admin/told-of-a-rule are there");
        await UntilToldAsync("The copies of admin/told-of-a-copy are there");
    }

    [Fact]
    public async Task A_copy_that_its_site_refuses_makes_the_rule_impossible_until_there_is_room()
    {
        using HutchClient pia = await sites.UserAsync("pia");
        await sites.Archive.Admin.SetQuotaAsync("pia", new SetQuota { Bytes = 1 }, Ct);
        DatasetId scan = await TwoSites.MakeAsync(pia, "refused");

        RuleInfo rule = await AddAsync(scan, "1 copy where site=archive");
        RuleStanding impossible = await TwoSites.UntilAsync(Admin, scan, rule.Number, "impossible");
        await sites.Archive.Admin.SetQuotaAsync("pia", new SetQuota(), Ct);
        await TwoSites.UntilAsync(Admin, scan, rule.Number, "fulfilled");

        Assert.StartsWith("was asked for a copy, and refuses it: 'pia' has used 0", impossible.Sites[0].Reason, StringComparison.Ordinal);
    }

    /// <summary>Waits until a rule is about so many datasets.</summary>
    private async Task<RuleEffectInfo> UntilCountedAsync(RuleInfo rule, long datasets)
    {
        while (true)
        {
            RuleEffectInfo effect = await Admin.GetRuleAsync(rule.Number, Ct);
            if (effect.Datasets == datasets)
            {
                return effect;
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Waits until the administrator has a mail to be read in the portal.</summary>
    private async Task UntilToldAsync(string subject)
    {
        while (!(await Copied.AnswerAsync(sites.Zone.Address, sites.Zone.AdminToken, "me/mails")).Contains(subject, StringComparison.Ordinal))
        {
            await Task.Delay(20, Ct);
        }
    }

    private static async Task<string> RefusedAsync(Func<Task> act) =>
        (await Assert.ThrowsAsync<HutchException>(act)).Error.Message;

    private static Task<RuleInfo> AddAsync(HutchClient at, DatasetId dataset, string rule) =>
        at.AddRuleAsync(dataset, new AddDatasetRule { Rule = rule }, Ct);

    private Task<RuleInfo> AddAsync(DatasetId dataset, string rule) => AddAsync(Admin, dataset, rule);

    /// <summary>Whether the archive has put its copy into its own trash; its lists show the dataset of the home.</summary>
    private async Task<bool> IsInTrashThereAsync(DatasetId dataset) =>
        (await sites.Archive.Site.Heads.DatasetAsync(dataset, Ct)).Value.TrashedUntil is not null;
}
