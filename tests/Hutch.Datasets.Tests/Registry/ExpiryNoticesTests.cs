using Hutch.Datasets.Registry;
using Hutch.Datasets.Tests.Analyses;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Zone;
using Hutch.Site.Tests.Sites;
using Hutch.Zone.Authorization;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Datasets.Tests.Registry;

/// <summary>Owners are notified before their temporary data expire.</summary>
public sealed class ExpiryNoticesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_is_notified_three_days_before_once_also_after_a_restart_and_not_of_data_with_a_shorter_life()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        await using TestSite site = await TestSite.OpenAsync();
        Caller anna = await zone.UserAsync("anna");
        await CreateAsync(zone, site, anna, "scan", 7);
        await CreateAsync(zone, site, anna, "trashed", 7);
        await CreateAsync(zone, site, anna, "permanent", null);

        await site.PassAsync(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(5));
        await NotifyAsync(zone, site);
        Assert.Empty((await zone.Services.Mailbox.ListAsync(anna, null, 10, Ct)).Value);

        await site.PassAsync(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(10));
        DatasetId trashed = (await zone.Services.Names.ResolveAsync(anna, DatasetRef.Parse("anna/trashed").Value, Ct)).Value.Dataset.Dataset;
        Assert.True((await site.Site.Lifecycle.TrashAsync(trashed, "anna", Ct)).IsOk);
        await CreateAsync(zone, site, anna, "short", 3);
        await NotifyAsync(zone, site);
        await NotifyAsync(zone, site);
        await site.ReopenAsync();
        await zone.ReopenAsync();
        await NotifyAsync(zone, site);

        MailRecord notice = Assert.Single((await zone.Services.Mailbox.ListAsync(anna, null, 10, Ct)).Value);
        Assert.EndsWith(": anna/scan", zone.Services.Mailbox.Read(notice).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_within_a_week_is_on_the_list_of_its_owner_alone()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        await using TestSite site = await TestSite.OpenAsync();
        Caller anna = await zone.UserAsync("anna");
        Caller bert = await zone.UserAsync("bert");
        await CreateAsync(zone, site, anna, "short", 3);
        await CreateAsync(zone, site, anna, "long", 30);

        NamedExpiringDatasets listed = Assert.Single((await Expiring(zone, site).ListAsync(anna, Ct)).Value);
        Assert.Equal(("anna/short", "anna", 1L), (listed.Name, listed.Datasets.Owner, listed.Datasets.Count));
        Assert.Empty((await Expiring(zone, site).ListAsync(bert, Ct)).Value);
    }

    private static async Task CreateAsync(TestZone zone, TestSite site, Caller owner, string slug, int? days)
    {
        var services = new RunningModules(zone.Services, site.Site, new StepCatalog([]));
        var wanted = new RequestedDataset { Slug = Slug.Parse(slug).Value, TransientDays = days };
        Assert.True((await services.Creation.CreateAsync(owner, wanted, Ct)).IsOk);
    }

    private static Task NotifyAsync(TestZone zone, TestSite site) =>
        new ExpiryNotices(Expiring(zone, site), zone.Services.Notices, zone.Services.Names, site.Time).NotifyAsync(Ct);

    private static ExpiringData Expiring(TestZone zone, TestSite site) =>
        new(zone.Services.Authorizer, site.Site.Records, zone.Services.Summaries, zone.Services.Sites, site.Time);
}
