using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Testing.Clocks;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Purges;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Purges;

public sealed class EmbeddedPurgeListTests() : PurgeListTests(null);

/// <summary>The purges at all sites, page by page.</summary>
public abstract class PurgeListTests(PostgresServer? server) : OnBothEngines(server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_have_each_purge_once_whether_ordered_at_the_same_moment_or_not(int limit)
    {
        var clock = new ManualTime();
        await using TestZone zone = await OpenAsync(clock: clock);
        Caller admin = await zone.AdminAsync();
        DatasetId[] early = [await PurgeAsync(zone, admin, "scan-a"), await PurgeAsync(zone, admin, "scan-b"), await PurgeAsync(zone, admin, "scan-c")];
        clock.Advance(TimeSpan.FromMinutes(1));
        DatasetId late = await PurgeAsync(zone, admin, "scan-d");

        var listed = new List<DatasetId>();
        IReadOnlyList<PurgeStatus> page;
        do
        {
            page = (await zone.Services.Purges.ListAsync(
                admin, onlyOpen: false, listed.Count == 0 ? null : listed[^1], limit, Ct)).Value;
            Assert.InRange(page.Count, 0, limit);
            listed.AddRange(page.Select(static one => one.Purge.Order.Dataset));
        }
        while (page.Count == limit);

        Assert.Equal([late, .. early.OrderBy(static id => id.ToString(), StringComparer.Ordinal)], listed);
    }

    [Fact]
    public async Task A_purge_is_open_until_the_site_of_the_zone_and_all_joined_sites_have_carried_it_out()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        string archive = await JoinAsync(zone, admin, "archive");
        string left = await JoinAsync(zone, admin, "left");
        string own = zone.Services.Sites.OwnId;
        DatasetId done = await PurgeAsync(zone, admin, "done");
        DatasetId lacksOwn = await PurgeAsync(zone, admin, "lacks-own");
        DatasetId lacksArchive = await PurgeAsync(zone, admin, "lacks-archive");
        foreach ((DatasetId dataset, string site) in ((DatasetId, string)[])
            [(done, own), (done, archive), (lacksOwn, archive), (lacksOwn, left), (lacksArchive, own), (lacksArchive, left)])
        {
            _ = (await zone.Services.Purges.ReportAsync(site, dataset, "proof", Ct)).Value;
        }

        await zone.Services.Sites.RemoveAsync(admin, "left", isForced: true, Ct);
        IReadOnlyList<PurgeStatus> open = (await zone.Services.Purges.ListAsync(admin, onlyOpen: true, null, 100, Ct)).Value;
        IReadOnlyList<PurgeStatus> all = (await zone.Services.Purges.ListAsync(admin, onlyOpen: false, null, 100, Ct)).Value;

        Assert.Equal(new HashSet<DatasetId> { lacksOwn, lacksArchive }, [.. open.Select(static one => one.Purge.Order.Dataset)]);
        Assert.All(all, one => Assert.Equal(open.Any(other => other.Purge.Order == one.Purge.Order), one.IsOpen));
        Assert.Equal(3, all.Count);
    }

    private static async Task<DatasetId> PurgeAsync(TestZone zone, Caller admin, string name)
    {
        NameRecord dataset = await zone.DatasetAsync(admin, name);
        return (await zone.Services.Purges.OrderAsync(admin, dataset.Dataset, "consent withdrawn", new NoSeal(), Ct)).Value
            .Purge.Order.Dataset;
    }

    private static async Task<string> JoinAsync(TestZone zone, Caller admin, string name)
    {
        IssuedSiteInvite invite = (await zone.Services.Sites.InviteAsync(
            admin, new SiteInvitation(name, SiteLabels.Empty, null, null), "facility", Ct)).Value;
        return (await zone.Services.Sites.JoinAsync(
            invite.Secret.Reveal(), BlobHash.Compute(System.Text.Encoding.ASCII.GetBytes(name)), Ct)).Value.Id;
    }

    /// <summary>What is signed is read elsewhere.</summary>
    private sealed class NoSeal : IHomeSigner
    {
        public string Sign(HomeAssignment grant) => "signed";

        public string Sign(PurgeOrder order) => "signed";

        public bool HasSigned(HomeAssignment grant, string proof) => true;

        public bool HasSigned(PurgeOrder order, string proof) => true;
    }
}
