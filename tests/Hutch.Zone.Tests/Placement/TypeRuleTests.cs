using System.Collections.Immutable;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Testing.Clocks;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Placement;

public sealed class EmbeddedTypeRuleTests() : TypeRuleTests(null);

/// <summary>Rules for a type are about what is of it, as far as that is known: what may have to be kept away is kept away until then.</summary>
public abstract class TypeRuleTests(PostgresServer? server) : OnBothEngines(server)
{
    private const string Secret = "serve where site=facility";

    private readonly Types _types = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_that_is_left_out_knows_of_a_dataset_while_its_type_is_known_and_another()
    {
        var clock = new ManualTime();
        await using TestZone zone = await OpenAsync(TestZone.Quick with { Types = _types }, clock: clock);
        Caller admin = await zone.AdminAsync();
        string archive = await JoinAsync(zone);
        Assert.True((await AddAsync(zone, Secret, "image")).IsOk);
        DatasetId scan = (await zone.DatasetAsync(admin, "scan")).Dataset;

        var site = new Follower(zone, archive);
        List<bool> known = [await site.KnowsAsync(scan)];
        foreach (string type in new[] { "table", "image/stack", "foreign", "generic", "image" })
        {
            await ReportAsync(zone, scan, type);
            known.Add(await site.KnowsAsync(scan));
            clock.Advance(SummaryRegistry.LeastPause);
        }

        Assert.Equal([false, true, false, false, true, false], known);
    }

    [Fact]
    public async Task A_type_that_inherits_from_another_now_is_looked_at_again_once()
    {
        await using TestZone zone = await OpenAsync(TestZone.Quick with { Types = _types });
        Caller admin = await zone.AdminAsync();
        string archive = await JoinAsync(zone);
        await AddAsync(zone, Secret, "image");
        DatasetId scan = (await zone.DatasetAsync(admin, "scan")).Dataset;
        await ReportAsync(zone, scan, "foreign");
        var site = new Follower(zone, archive);
        bool before = await site.KnowsAsync(scan);

        _types.Others["foreign"] = ["foreign", "generic"];
        await zone.Services.Summaries.FollowTypesAsync(Ct);
        bool found = await site.KnowsAsync(scan);
        long version = zone.Services.Changes.Version;
        await zone.Services.Summaries.FollowTypesAsync(Ct);
        bool isStill = zone.Services.Changes.Version == version;
        _types.Others["foreign"] = ["foreign", "image", "generic"];
        await zone.Services.Summaries.FollowTypesAsync(Ct);
        bool after = await site.KnowsAsync(scan);

        Assert.Equal((false, true, true, false), (before, found, isStill, after));
    }

    [Fact]
    public async Task Temporary_data_of_other_sites_are_grouped_by_owner_and_day()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        var day = new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero);
        foreach ((string slug, double hours, double life) in new[]
            { ("first", 5.0, 96.0), ("second", 7.0, 96.0), ("next", 25.0, 96.0), ("short", 6.0, 70.0), ("later", 80.0, 96.0) })
        {
            DateTimeOffset end = day.AddHours(hours);
            await ReportAsync(zone, (await zone.DatasetAsync(ada, slug)).Dataset, "generic", end.AddHours(-life), end);
        }

        IReadOnlyList<ExpiringDatasets> found = await ListAsync("other", null);

        Assert.Equal(
            [("ada", day.AddHours(5), 2L), ("ada", day.AddHours(25), 1L)], found.Select(static one => (one.Owner, one.First, one.Count)));
        Assert.Equal(found, await ListAsync("other", ["ada", "bob"]));
        Assert.Empty(await ListAsync("other", ["bob"]));
        Assert.Empty(await ListAsync(zone.Services.Id, null));

        async Task<IReadOnlyList<ExpiringDatasets>> ListAsync(string without, string[]? owners) =>
            await zone.Services.Summaries.ListExpiringAsync(without, day, day.AddDays(2), TimeSpan.FromDays(3), owners, 10, Ct);
    }

    [Fact]
    public async Task No_copy_is_asked_of_a_site_that_may_be_left_out_and_the_refusal_says_that_the_type_is_not_known()
    {
        await using TestZone zone = await OpenAsync(TestZone.Quick with { Types = _types });
        Caller admin = await zone.AdminAsync();
        await JoinAsync(zone);
        await AddAsync(zone, Secret, "image");
        DatasetId scan = (await zone.DatasetAsync(admin, "scan")).Dataset;

        Result<DatasetSites> before = await zone.Services.Copies.RequestAsync(admin, scan, "archive", "facility", Ct);
        await ReportAsync(zone, scan, "table");
        Result<DatasetSites> after = await zone.Services.Copies.RequestAsync(admin, scan, "archive", "facility", Ct);

        Assert.EndsWith("says 'serve where site=facility', and the zone does not know its type (yet).", before.Error!.Message, StringComparison.Ordinal);
        Assert.True(after.IsOk, after.Error?.Message);
    }

    [Fact]
    public async Task A_home_moves_by_a_rule_for_a_type_once_that_is_known()
    {
        await using TestZone zone = await OpenAsync(TestZone.Quick with { Types = _types });
        Caller admin = await zone.AdminAsync();
        var archive = new SiteReason(await JoinAsync(zone), "archive", "has a copy");
        DatasetId scan = (await zone.DatasetAsync(admin, "scan")).Dataset;
        await zone.Services.Copies.RequestAsync(admin, scan, "archive", "facility", Ct);
        await zone.Services.Copies.ReportAsync(
            archive.SiteId, scan, new CopyProgress(CopyStates.Complete, BlobHash.Compute("history"u8), 1, 1, 3, 1, 3, null), Ct);
        await AddAsync(zone, "home where site=archive", "image");

        Result<Done> unknown = await zone.Services.Homes.RequestByRuleAsync(scan, archive, "facility", Ct);
        await ReportAsync(zone, scan, "image/stack");
        Result<Done> known = await zone.Services.Homes.RequestByRuleAsync(scan, archive, "facility", Ct);
        IReadOnlyList<AuditRecord> lines = await zone.Services.Changes.SinceAsync(0, 1000, Ct);

        Assert.Equal(ErrorCode.Conflict, unknown.Error?.Code);
        Assert.True(known.IsOk, known.Error?.Message);
        Assert.Contains(lines, line => line.Action == "dataset.type" && line.Target == "dataset:" + scan);
    }

    [Fact]
    public void An_incompletely_known_type_matches_all_serve_rules_for_types_and_only_its_own_rules_of_other_kinds()
    {
        var chance = new Random(540);
        string[] types = ["a", "b", "c", "d"];
        for (int round = 0; round < 1000; round++)
        {
            RuleRecord[] rules = [.. Enumerable.Range(1, chance.Next(8)).Select(number => Rule(number, types[chance.Next(4)], chance.Next(3)))];
            string[] lineage = [.. types.Where(_ => chance.Next(2) == 0)];
            bool isKnown = chance.Next(2) == 0;

            long[] held = [.. new RulesByScope(rules).ForType(new TypeLineage(lineage, isKnown)).Select(static rule => rule.Number).Order()];

            Assert.Equal(
                rules.Where(rule => lineage.Contains(rule.Scope.Subject) || (!isKnown && rule.Rule.Kind == PlacementRuleKind.Serve))
                    .Select(static rule => rule.Number),
                held);
        }
    }

    [Theory]
    [InlineData("mx/rotation mx generic", true, 3)]
    [InlineData("acme/own generic ?", false, 2)]
    [InlineData("? generic ?", false, 2)]
    [InlineData("?", false, 0)]
    public void A_type_lineage_is_read_and_written_as_one_text(string text, bool isKnown, int count)
    {
        var lineage = TypeLineage.Read(text);

        Assert.Equal((isKnown, count, text), (lineage.IsKnown, lineage.Types.Count, lineage.ToString()));
    }

    private static RuleRecord Rule(long number, string type, int kind) => new(
        number, RuleScope.OfType(type), null,
        PlacementRule.Parse(new[] { "serve where site=x", "home where site=x", "1 copy where site=x" }[kind]).Value, null, "ada",
        DateTimeOffset.UnixEpoch);

    private static async Task<string> JoinAsync(TestZone zone)
    {
        IssuedSiteInvite invite = (await zone.Services.Sites.InviteAsync(
            await zone.AdminAsync(), new SiteInvitation("archive", SiteLabels.Empty, null, null), "facility", Ct)).Value;
        SiteRecord site = (await zone.Services.Sites.JoinAsync(invite.Secret.Reveal(), BlobHash.Compute("archive"u8), Ct)).Value;
        await zone.Services.Sites.SetAddressAsync(site, "archive.example.org:8473", Ct);
        return site.Id;
    }

    private static async Task<Result<RuleRecord>> AddAsync(TestZone zone, string rule, string type) => await zone.Services.Rules.AddAsync(
        await zone.AdminAsync(), new RuleDraft(PlacementRule.Parse(rule).Value, null) { Type = type }, "facility", Ct);

    private static async Task ReportAsync(
        TestZone zone, DatasetId dataset, string type, DateTimeOffset? created = null, DateTimeOffset? expires = null)
    {
        var told = new DatasetSummary
        {
            Dataset = dataset,
            Epoch = 1,
            Type = type,
            Origin = DatasetOrigin.Original,
            Created = created?.ToUnixTimeMilliseconds() ?? 1,
            Expires = expires?.ToUnixTimeMilliseconds(),
            Files = 1,
            Bytes = 3,
            HeadVersion = 1,
        };
        Assert.Empty((await zone.Services.Summaries.ReceiveAsync(zone.Services.Id, [told], Ct)).Value);
    }

    /// <summary>A site that follows the feed.</summary>
    private sealed class Follower(TestZone zone, string site)
    {
        private readonly HashSet<string> _names = [];
        private FeedPosition? _position;

        public async Task<bool> KnowsAsync(DatasetId dataset)
        {
            FeedBatch batch = (await zone.Services.Feed.ReadAsync(site, _position, Ct))!;
            _position = batch.To;
            foreach (FeedItem item in batch.Items.Where(static item => item.Table == "names"))
            {
                _ = item.Row is null ? _names.Remove(item.Key) : _names.Add(item.Key);
            }

            return _names.Contains(dataset.ToString());
        }
    }

    /// <summary>A few types.</summary>
    private sealed class Types : ITypeLineages
    {
        public Dictionary<string, string[]> Others { get; } = [];

        public TypeLineage LineageOf(string type) =>
            type is "generic" ? new TypeLineage([type], IsKnown: true)
            : type is "table" or "image" ? new TypeLineage([type, "generic"], IsKnown: true)
            : type is "image/stack" ? new TypeLineage([type, "image", "generic"], IsKnown: true)
            : Others.TryGetValue(type, out string[]? known) ? new TypeLineage(known, IsKnown: true)
            : new TypeLineage([type, "generic"], IsKnown: false);
    }
}
