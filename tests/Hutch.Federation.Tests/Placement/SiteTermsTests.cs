using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>The operator of a site says what it takes; placement heeds that, and so does the site itself.</summary>
public sealed class SiteTermsTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    [Fact]
    public async Task A_site_is_not_chosen_for_a_dataset_that_it_does_not_accept_until_it_does()
    {
        await SetAsync(accepts: "type = mx/rotation & owner=admin");
        DatasetId other = await TwoSites.MakeAsync(Admin, "other");
        DatasetId scan = await TwoSites.MakeAsync(Admin, "scan", type: "mx/rotation");
        RuleInfo rule = await Admin.AddRuleAsync(new AddRule { Rule = "1 copy where site=archive", Owner = "admin" }, Ct);

        await TwoSites.UntilAsync(Admin, scan, rule.Number, "fulfilled");
        RuleStanding refused = await TwoSites.UntilAsync(Admin, other, rule.Number, "impossible");
        await SetAsync();
        await TwoSites.UntilAsync(Admin, other, rule.Number, "fulfilled");
        await Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.Equal("takes only copies of datasets where type=mx/rotation & owner=admin", Assert.Single(refused.Sites).Reason);
    }

    [Fact]
    public async Task A_site_refuses_a_manually_requested_copy_that_its_terms_exclude()
    {
        await SetAsync(accepts: "bytes>1000");
        DatasetId small = await TwoSites.MakeAsync(Admin, "small");

        await Admin.RequestCopyAsync(small, new AskCopy { Site = "archive" }, Ct);
        CopyInfo refused = await UntilAsync(small, "refused");
        HutchException absent = await Assert.ThrowsAsync<HutchException>(() => Copied.ReadTextAsync(sites.Archive.Admin, small, "missing.txt"));
        await SetAsync();
        await UntilAsync(small, "complete");

        Assert.Equal("This site takes only copies of datasets where bytes>1000.", refused.Problem);
        Assert.Equal(ErrorCode.NotFound, absent.Error.Code);
    }

    [Fact]
    public async Task A_site_that_takes_nothing_new_still_accepts_writes_to_its_datasets()
    {
        DatasetId here = await TwoSites.MakeAsync(sites.Archive.Admin, "here-before");
        DatasetId scan = await TwoSites.MakeAsync(Admin, "not-there");
        await SetAsync(intake: "nothing-new");

        HutchException create = await Assert.ThrowsAsync<HutchException>(() => TwoSites.MakeAsync(sites.Archive.Admin, "here-after"));
        HutchException copy = await Assert.ThrowsAsync<HutchException>(() => Admin.RequestCopyAsync(scan, new AskCopy { Site = "archive" }, Ct));
        await sites.Archive.Admin.PutEntryAsync(here, "b.txt", "two"u8.ToArray(), ct: Ct);
        ZoneSiteInfo shown = Assert.Single((await Admin.GetSitesAsync(Ct)).Items);
        await SetAsync();

        Assert.StartsWith("This site takes nothing new", create.Message, StringComparison.Ordinal);
        Assert.Equal("archive takes nothing new.", copy.Message);
        Assert.Equal("nothing-new", shown.Intake);
        await TwoSites.MakeAsync(sites.Archive.Admin, "here-after");
    }

    [Fact]
    public async Task A_site_that_is_read_only_refuses_every_change_and_is_read_on()
    {
        HutchClient there = sites.Archive.Admin;
        DatasetId here = await TwoSites.MakeAsync(there, "kept");
        await SetAsync(intake: "read-only");

        HutchException put = await Assert.ThrowsAsync<HutchException>(() => there.PutEntryAsync(here, "b.txt", "two"u8.ToArray(), ct: Ct));
        HutchException create = await Assert.ThrowsAsync<HutchException>(() => TwoSites.MakeAsync(there, "never"));
        string read = await Copied.ReadTextAsync(there, here, "a.txt");
        string state = (await there.GetSitesAsync(Ct)).Here.Intake!;
        await SetAsync();
        await there.PutEntryAsync(here, "b.txt", "two"u8.ToArray(), ct: Ct);

        Assert.Equal(("one", "read-only"), (read, state));
        Assert.Equal("The home of admin/kept is a site that is read-only. Nothing was changed.", put.Message);
        Assert.Equal("This site is read-only: no dataset can be created here.", create.Message);
        Assert.Equal("two", await Copied.ReadTextAsync(there, here, "b.txt"));
    }

    [Fact]
    public async Task A_site_administrator_sets_the_terms_of_that_site_only()
    {
        using HutchClient ada = sites.Zone.With((await Admin.CreateUserAsync(
            new CreateUser { Name = "ada", Roles = ["site-admin@archive"] }, Ct)).Token!);
        using HutchClient bob = await sites.UserAsync("bob");

        SiteTermsInfo set = await ada.ChangeSiteTermsAsync("archive", new ChangeSiteTerms { Intake = "nothing-new" }, Ct);
        var own = await Assert.ThrowsAsync<HutchException>(() => ada.ChangeSiteTermsAsync("facility", new ChangeSiteTerms { Intake = "read-only" }, Ct));
        var other = await Assert.ThrowsAsync<HutchException>(() => bob.ChangeSiteTermsAsync("archive", new ChangeSiteTerms { Intake = "open" }, Ct));
        var atSite = await Assert.ThrowsAsync<HutchException>(
            () => sites.Archive.Admin.ChangeSiteTermsAsync("archive", new ChangeSiteTerms { Intake = "open" }, Ct));
        await SetAsync();

        Assert.Equal("nothing-new", set.Intake);
        Assert.All([own, other], refused => Assert.Equal(ErrorCode.Forbidden, refused.Error.Code));
        Assert.Contains("said at its zone", atSite.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("closed", null, "'closed' is not a state of a site")]
    [InlineData(null, "tier=archive", "A dataset has no 'tier'")]
    public async Task What_cannot_be_meant_is_refused_in_words(string? intake, string? accepts, string why)
    {
        var refused = await Assert.ThrowsAsync<HutchException>(() => Admin.ChangeSiteTermsAsync(
            "archive", new ChangeSiteTerms { Intake = intake, Accepts = accepts }, Ct));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private Task<SiteTermsInfo> SetAsync(string intake = "open", string accepts = "") =>
        Admin.ChangeSiteTermsAsync("archive", new ChangeSiteTerms { Intake = intake, Accepts = accepts }, Ct);

    private async Task<CopyInfo> UntilAsync(DatasetId dataset, string state)
    {
        while (true)
        {
            if ((await Admin.GetCopiesAsync(dataset, Ct)).Items.FirstOrDefault(copy => copy.State == state) is { } copy)
            {
                return copy;
            }

            await Task.Delay(20, Ct);
        }
    }
}
