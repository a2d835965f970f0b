using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Placement;

/// <summary>M6: a home that no site could dial cuts off copies at sites that it cannot dial either, which is said before it moves.</summary>
public sealed class HomeMoveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_home_that_would_cut_off_copies_moves_only_by_force()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        DatasetId scan = (await zone.DatasetAsync(ada, "scan")).Dataset;
        SiteRecord archive = await JoinAsync(zone, "archive", scan, ada);
        SiteRecord community = await JoinAsync(zone, "community", scan, ada);

        HutchError refused = (await zone.Services.Homes.RequestAsync(ada, scan, "archive", "facility", isForced: false, Ct)).Error!;

        Assert.Equal(ErrorCode.Conflict, refused.Code);
        Assert.Contains("community", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Code.Advice, StringComparison.Ordinal);
        Assert.True((await zone.Services.Homes.RequestAsync(ada, scan, "archive", "facility", isForced: true, Ct)).IsOk);
        Assert.True((await zone.Services.Homes.RequestAsync(ada, scan, "facility", "facility", isForced: false, Ct)).IsOk);

        // Either address is enough.
        Assert.True((await zone.Services.Sites.SetAddressAsync(community, "community.example.org:8473", Ct)).IsOk);
        Assert.True((await zone.Services.Homes.RequestAsync(ada, scan, "archive", "facility", isForced: false, Ct)).IsOk);
        Assert.NotEqual(archive.Id, community.Id);
    }

    private static async Task<SiteRecord> JoinAsync(TestZone zone, string name, DatasetId scan, Caller ada)
    {
        IssuedSiteInvite invite = (await zone.Services.Sites.InviteAsync(
            await zone.AdminAsync(), new SiteInvitation(name, SiteLabels.Empty, null, null), "facility", Ct)).Value;
        SiteRecord site = (await zone.Services.Sites.JoinAsync(
            invite.Secret.Reveal(), BlobHash.Compute(System.Text.Encoding.ASCII.GetBytes(name)), Ct)).Value;
        Assert.True((await zone.Services.Copies.RequestAsync(ada, scan, name, "facility", Ct)).IsOk);
        await zone.Services.Copies.ReportAsync(site.Id, scan, new CopyProgress(CopyStates.Complete, null, null, 1, 3, 1, 3, null), Ct);
        return site;
    }
}
