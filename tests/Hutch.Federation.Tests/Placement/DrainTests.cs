using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>A site is emptied, and removed when nothing is left that no other site has.</summary>
public sealed class DrainTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_is_emptied_into_another_one_and_removed_when_its_homes_have_moved()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer scratch = await SiteServer.StartAsync("new");
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await scratch.JoinAsync(zone, "scratch");
        await archive.JoinAsync(zone, "archive");
        await zone.UntilAsync(static sites => sites.Items.All(static site => site.Address is not null));
        DatasetId copied = await TwoSites.MakeAsync(zone.Admin, "copied");
        DatasetId home = await TwoSites.MakeAsync(scratch.Admin, "at-home");
        await CopyAsync(zone, copied, "scratch");
        await CopyAsync(zone, home, "archive");

        await zone.Admin.ChangeSiteTermsAsync("scratch", new ChangeSiteTerms { Intake = "draining" }, Ct);
        HutchError early = await RefusedAsync(() => zone.Admin.RemoveSiteAsync("scratch", ct: Ct));
        HutchError taken = await RefusedAsync(() => zone.Admin.RequestCopyAsync(home, new AskCopy { Site = "scratch" }, Ct));
        await Copied.UntilCompleteAsync(zone.Admin, copied, "archive", 1);
        SiteLeftList left;
        while ((left = await zone.Admin.GetSiteLeftAsync("scratch", ct: Ct)).Datasets > 1)
        {
            await Task.Delay(50, Ct);
        }

        long? shown = (await zone.SiteAsync("scratch")).Left;
        await zone.Admin.MoveHomeAsync(home, new MoveHome { Site = "archive" }, Ct);
        while ((await zone.Admin.GetSiteLeftAsync("scratch", ct: Ct)).Items.Any(static one => one.Only))
        {
            await Task.Delay(50, Ct);
        }

        await zone.Admin.RemoveSiteAsync("scratch", ct: Ct);

        Assert.Contains("Only scratch has all of admin/at-home.", early.Message, StringComparison.Ordinal);
        Assert.Contains("is the home of", taken.Message, StringComparison.Ordinal);
        Assert.Equal(("admin/at-home", "home", true), (left.Items[0].Name, left.Items[0].Kind, left.Items[0].Only));
        Assert.Equal(1, shown);
        Assert.Equal("one", await Copied.ReadTextAsync(archive.Admin, copied, "a.txt"));
        Assert.DoesNotContain((await zone.Admin.GetSitesAsync(Ct)).Items, static site => site.Name == "scratch");
    }

    [Fact]
    public async Task A_site_that_is_lost_is_removed_by_force()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer scratch = await SiteServer.StartAsync("new");
        await scratch.JoinAsync(zone, "scratch");
        await TwoSites.MakeAsync(scratch.Admin, "lost");

        HutchError refused = await RefusedAsync(() => zone.Admin.RemoveSiteAsync("scratch", ct: Ct));
        HutchError own = await RefusedAsync(
            () => zone.Admin.ChangeSiteTermsAsync("facility", new ChangeSiteTerms { Intake = "draining" }, Ct));
        await zone.Admin.RemoveSiteAsync("scratch", force: true, Ct);

        Assert.Contains("--force", refused.Code.Advice, StringComparison.Ordinal);
        Assert.Contains("the site of the zone itself", own.Message, StringComparison.Ordinal);
        Assert.Empty((await zone.Admin.GetSitesAsync(Ct)).Items);
    }

    private static async Task CopyAsync(SiteServer zone, DatasetId id, string site)
    {
        await zone.Admin.RequestCopyAsync(id, new AskCopy { Site = site }, Ct);
        await Copied.UntilCompleteAsync(zone.Admin, id, site, 1);
    }

    private static async Task<HutchError> RefusedAsync(Func<Task> work) => (await Assert.ThrowsAsync<HutchException>(work)).Error;
}
