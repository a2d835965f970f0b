using System.Collections.Immutable;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Placement;

/// <summary>Which homes are asked to move by rule, and how many at a time.</summary>
public sealed class HomeRuleLimitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Few_homes_are_on_their_way_by_rule_at_a_time()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        SiteReason archive = await JoinAsync(zone);
        await AddRuleAsync(zone, "home where tier=archive");
        DatasetId[] copied = new DatasetId[33];
        for (int i = 0; i < copied.Length; i++)
        {
            copied[i] = await CopiedAsync(zone, ada, archive, $"scan-{i}");
        }

        var asked = new List<Result<Done>>();
        foreach (DatasetId dataset in copied)
        {
            asked.Add(await zone.Services.Homes.RequestByRuleAsync(dataset, archive, "facility", Ct));
        }

        Assert.All(asked[..^1], static one => Assert.True(one.IsOk, one.Error?.Message));
        Assert.Equal(ErrorCode.Conflict, asked[^1].Error!.Code);
    }

    [Fact]
    public async Task A_home_that_no_rule_sends_away_or_that_moves_already_is_not_asked()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        SiteReason archive = await JoinAsync(zone);
        DatasetId scan = await CopiedAsync(zone, ada, archive, "scan");

        Result<Done> withoutRule = await zone.Services.Homes.RequestByRuleAsync(scan, archive, "facility", Ct);
        await AddRuleAsync(zone, "home where tier=archive");
        Result<Done> first = await zone.Services.Homes.RequestByRuleAsync(scan, archive, "facility", Ct);
        Result<Done> again = await zone.Services.Homes.RequestByRuleAsync(scan, archive, "facility", Ct);
        await AddRuleAsync(zone, "home where site=facility");
        DatasetId other = await CopiedAsync(zone, ada, archive, "other");
        Result<Done> disputed = await zone.Services.Homes.RequestByRuleAsync(other, archive, "facility", Ct);

        Assert.True(first.IsOk);
        Assert.All([withoutRule, again, disputed], static one => Assert.Equal(ErrorCode.Conflict, one.Error?.Code));
    }

    private static async Task<SiteReason> JoinAsync(TestZone zone)
    {
        IssuedSiteInvite invite = (await zone.Services.Sites.InviteAsync(
            await zone.AdminAsync(),
            new SiteInvitation("archive", ImmutableSortedDictionary.CreateRange([KeyValuePair.Create("tier", "archive")]), null, null),
            "facility", Ct)).Value;
        SiteRecord site = (await zone.Services.Sites.JoinAsync(invite.Secret.Reveal(), BlobHash.Compute("archive"u8), Ct)).Value;
        await zone.Services.Sites.SetAddressAsync(site, "archive.example.org:8473", Ct);
        return new SiteReason(site.Id, site.Name, "has a copy");
    }

    private static async Task AddRuleAsync(TestZone zone, string rule) => Assert.True((await zone.Services.Rules.AddAsync(
        await zone.AdminAsync(), new RuleDraft(PlacementRule.Parse(rule).Value, null), "facility", Ct)).IsOk);

    /// <summary>A dataset of which the archive has a whole copy.</summary>
    private static async Task<DatasetId> CopiedAsync(TestZone zone, Caller ada, SiteReason archive, string slug)
    {
        DatasetId dataset = (await zone.DatasetAsync(ada, slug)).Dataset;
        await zone.Services.Copies.RequestAsync(ada, dataset, archive.SiteName, "facility", Ct);
        await zone.Services.Copies.ReportAsync(
            archive.SiteId, dataset, new CopyProgress(CopyStates.Complete, BlobHash.Compute("history"u8), 1, 1, 3, 1, 3, null), Ct);
        return dataset;
    }
}
