using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Testing.Clocks;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Sites;

public sealed class EmbeddedZoneFeedTests() : ZoneFeedTests(null);

/// <summary>What a site gets of the zone.</summary>
public abstract class ZoneFeedTests(PostgresServer? server) : OnBothEngines(server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_row_comes_once_as_it_is_now()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller admin) = await JoinAsync(zone, "archive");
        await zone.Accounts.CreateUserAsync(admin, "ada", "Ada", [Role.User], Ct);
        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Disabled = true }, Ct);

        FeedBatch batch = (await zone.Services.Feed.ReadAsync(site, null, Ct))!;

        Assert.True(batch.IsComplete);
        Assert.Null(batch.After);
        Assert.Equal(batch.Items.Count, batch.Items.DistinctBy(item => (item.Table, item.Key)).Count());
        FeedItem ada = Assert.Single(batch.Items, item => item.Table == "principals" && item.Row!.Contains("ada"));
        Assert.NotNull(Assert.Single(batch.Items, item => item.Table == "users" && item.Key == ada.Key).Row![1]);
    }

    [Fact]
    public async Task Only_what_has_changed_comes_after_a_position_and_a_row_that_is_gone_comes_without_columns()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller admin) = await JoinAsync(zone, "archive");
        await zone.Groups.CreateAsync(admin, "team", null, Ct);
        FeedPosition before = (await zone.Services.Feed.ReadAsync(site, null, Ct))!.To;

        await zone.Groups.DeleteAsync(admin, "team", Ct);
        FeedBatch batch = (await zone.Services.Feed.ReadAsync(site, before, Ct))!;
        FeedBatch nothing = (await zone.Services.Feed.ReadAsync(site, batch.To, Ct))!;

        Assert.Equal(["groups", "memberships", "principals"], batch.Items.Select(item => item.Table).Order());
        Assert.All(batch.Items, item => Assert.Null(item.Row));
        Assert.Empty(nothing.Items);
        Assert.Equal(batch.To, nothing.To);
    }

    [Fact]
    public async Task A_site_gets_name_and_hash_only_of_tokens_that_are_bound_to_it()
    {
        await using TestZone zone = await OpenAsync();
        (string archive, Caller admin) = await JoinAsync(zone, "archive");
        (string compute, _) = await JoinAsync(zone, "compute");
        string bound = (await zone.Tokens.CreateAsync(admin, new TokenRequest { Site = "archive" }, Ct)).Value.Token.Id;

        FeedBatch there = (await zone.Services.Feed.ReadAsync(archive, null, Ct))!;
        FeedBatch elsewhere = (await zone.Services.Feed.ReadAsync(compute, null, Ct))!;

        Assert.Equal(bound, Assert.Single(there.Items, item => item.Table == "tokens").Key);
        FeedItem other = Assert.Single(elsewhere.Items, item => item.Table == "tokens");
        Assert.Null(FeedTable.Column(other, "name"));
        Assert.Matches("^0+$", FeedTable.Column(other, "secret_hash"));
    }

    [Fact]
    public async Task The_search_follows_new_homes_by_number_and_names_by_time_each_once()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        DatasetId first = (await zone.DatasetAsync(ada, "first")).Dataset;
        long before = await zone.Services.Changes.NewestFedAsync(Ct);
        zone.Time.Advance(TimeSpan.FromSeconds(1));
        DatasetId second = (await zone.DatasetAsync(ada, "second")).Dataset;

        IReadOnlyList<FedDataset> all = await zone.Services.Changes.FedSinceAsync(0, 1000, Ct);
        IReadOnlyList<FedDataset> later = await zone.Services.Changes.FedSinceAsync(before, 1000, Ct);
        IReadOnlyList<NameRecord> named = await zone.Services.Changes.NamedAfterAsync(0, 1, Ct);
        IReadOnlyList<NameRecord> rest = await zone.Services.Changes.NamedAfterAsync(named[^1].CreatedAt.ToUnixTimeMilliseconds(), 100, Ct);

        Assert.Equal([first, second], all.Select(static one => one.Dataset).OfType<DatasetId>().Distinct());
        Assert.Equal([second], later.Select(static one => one.Dataset).OfType<DatasetId>().Distinct());
        Assert.Equal(await zone.Services.Changes.NewestFedAsync(Ct), later[^1].Number);
        Assert.Equal([first, second], named.Concat(rest).Select(static name => name.Dataset));
    }

    [Fact]
    public async Task The_roles_of_the_zones_own_site_stay_there()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller admin) = await JoinAsync(zone, "archive");
        await zone.Accounts.CreateUserAsync(admin, "ada", null, [Role.User, Role.Operator, Role.SiteAdmin, Role.Auditor], Ct);

        FeedBatch batch = (await zone.Services.Feed.ReadAsync(site, null, Ct))!;

        Assert.Equal(
            ["administrator", "auditor", "user", "user"],
            batch.Items.Where(item => item.Table == "roles").Select(item => item.Key.Split(' ')[1]).Order());
    }

    [Fact]
    public async Task A_role_that_is_held_for_a_site_goes_there_and_nowhere_else_also_when_it_ends()
    {
        await using TestZone zone = await OpenAsync();
        (string archive, Caller admin) = await JoinAsync(zone, "archive");
        (string compute, _) = await JoinAsync(zone, "compute");
        await zone.Accounts.CreateUserAsync(admin, "ada", null, [new AssignedRole(Role.Operator, "archive")], Ct);
        FeedPosition before = (await zone.Services.Feed.ReadAsync(archive, null, Ct))!.To;
        FeedBatch given = (await zone.Services.Feed.ReadAsync(archive, null, Ct))!;
        FeedBatch givenElsewhere = (await zone.Services.Feed.ReadAsync(compute, null, Ct))!;

        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Roles = [] }, Ct);
        FeedBatch taken = (await zone.Services.Feed.ReadAsync(archive, before, Ct))!;
        FeedBatch takenElsewhere = (await zone.Services.Feed.ReadAsync(compute, before, Ct))!;

        Assert.Contains(given.Items, item => item.Table == "roles" && item.Key.EndsWith(" operator@" + archive, StringComparison.Ordinal));
        Assert.Contains(taken.Items, item => item is { Table: "roles", Row: null });
        Assert.All(
            givenElsewhere.Items.Concat(takenElsewhere.Items),
            item => Assert.DoesNotContain("operator", item.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_roles_at_a_site_go_with_it()
    {
        await using TestZone zone = await OpenAsync();
        (_, Caller admin) = await JoinAsync(zone, "archive");
        await zone.Accounts.CreateUserAsync(admin, "ada", null, [new AssignedRole(Role.SiteAdmin, "archive"), Role.Auditor], Ct);
        AccountDetails before = (await zone.Accounts.FindUserAsync(admin, "ada", Ct)).Value;

        await zone.Services.Sites.RemoveAsync(admin, "archive", isForced: false, Ct);
        AccountDetails after = (await zone.Accounts.FindUserAsync(admin, "ada", Ct)).Value;

        Assert.Equal(["site-admin@archive"], before.SiteRoles.Select(role => role.ToString()));
        Assert.Empty(after.SiteRoles);
        Assert.True(after.Roles.Contains(Role.Auditor));
    }

    [Fact]
    public async Task A_role_at_a_site_that_has_not_joined_is_refused_and_nothing_changes()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();

        HutchError? refused = (await zone.Accounts.CreateUserAsync(admin, "ada", null, [new AssignedRole(Role.Operator, "archive")], Ct)).Error;

        Assert.Contains("No site called 'archive' has joined this zone", refused?.Message, StringComparison.Ordinal);
        Assert.False((await zone.Accounts.FindUserAsync(admin, "ada", Ct)).IsOk);
    }

    [Fact]
    public async Task Every_site_learns_where_a_dataset_is_at_home()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller admin) = await JoinAsync(zone, "archive");
        NameRecord scan = await zone.DatasetAsync(admin, "scan");

        FeedBatch batch = (await zone.Services.Feed.ReadAsync(site, null, Ct))!;

        FeedItem home = Assert.Single(batch.Items, item => item.Table == "homes");
        Assert.Equal(scan.Dataset.ToString(), home.Key);
        Assert.Equal([zone.Services.Id, "1", null, null, null, null, null, null, null, null], home.Row);
    }

    [Fact]
    public async Task A_position_of_another_life_of_the_zone_counts_as_none()
    {
        await using TestZone zone = await OpenAsync();
        (string site, _) = await JoinAsync(zone, "archive");
        FeedPosition before = (await zone.Services.Feed.ReadAsync(site, null, Ct))!.To;

        await zone.Services.BeginIncarnationAsync(Ct);
        FeedBatch restored = (await zone.Services.Feed.ReadAsync(site, before, Ct))!;
        FeedBatch forked = (await zone.Services.Feed.ReadAsync(site, restored.To with { Mark = before.Mark }, Ct))!;
        FeedBatch ahead = (await zone.Services.Feed.ReadAsync(site, restored.To with { Sequence = 1_000_000 }, Ct))!;

        Assert.All(new[] { restored, forked, ahead }, batch => Assert.Null(batch.After));
        Assert.All(new[] { restored, forked, ahead }, batch => Assert.NotEmpty(batch.Items));
    }

    [Fact]
    public async Task A_removed_site_gets_nothing()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller admin) = await JoinAsync(zone, "archive");

        await zone.Services.Sites.RemoveAsync(admin, "archive", isForced: false, Ct);

        Assert.Null(await zone.Services.Feed.ReadAsync(site, null, Ct));
    }

    [Fact]
    public async Task Using_a_token_and_hearing_a_site_are_no_news()
    {
        await using TestZone zone = await OpenAsync();
        (string site, _) = await JoinAsync(zone, "archive");
        FeedPosition before = (await zone.Services.Feed.ReadAsync(site, null, Ct))!.To;

        await zone.Services.Sites.RecordContactAsync(site, 1, null, Ct);
        await zone.AdminAsync();
        await zone.Services.Authenticator.FlushLastUsesAsync(Ct);

        Assert.Equal(before.Sequence, (await zone.Services.Feed.ReadAsync(site, before, Ct))!.To.Sequence);
    }

    [Fact]
    public async Task A_rule_hides_a_dataset_from_other_sites_until_it_ends_and_is_sent_only_to_the_home_of_the_dataset()
    {
        await using TestZone zone = await OpenAsync();
        (string archive, Caller admin) = await JoinAsync(zone, "archive");
        NameRecord scan = await zone.DatasetAsync(admin, "scan");
        FeedPosition start = (await zone.Services.Feed.ReadAsync(archive, null, Ct))!.To;
        PlacementRule apart = PlacementRule.Parse("serve where site=facility").Value;

        RuleRecord rule = (await zone.Services.Rules.AddAsync(admin, new RuleDraft(apart, null) { Dataset = scan.Dataset }, "facility", Ct)).Value;
        FeedBatch hidden = (await zone.Services.Feed.ReadAsync(archive, start, Ct))!;
        RuleRecord wide = (await zone.Services.Rules.AddAsync(admin, new RuleDraft(apart, null), "facility", Ct)).Value;
        FeedBatch all = (await zone.Services.Feed.ReadAsync(archive, hidden.To, Ct))!;
        await zone.Services.Rules.RemoveAsync(admin, rule.Number, Ct);
        await zone.Services.Rules.RemoveAsync(admin, wide.Number, Ct);
        FeedBatch shown = (await zone.Services.Feed.ReadAsync(archive, all.To, Ct))!;

        Assert.Equal(["homes", "names", "rules"], hidden.Items.Select(item => item.Table).Order());
        Assert.All(hidden.Items, item => Assert.Null(item.Row));
        Assert.Contains(all.Items, item => item is { Table: "rules", Row: not null } && item.Row.Contains("serve where site=facility"));
        Assert.Contains(shown.Items, item => item is { Table: "names", Row: not null } && item.Row.Contains("scan"));
        Assert.All(shown.Items.Where(item => item.Table == "rules"), item => Assert.Null(item.Row));
    }

    [Fact]
    public async Task What_a_home_says_of_a_dataset_goes_to_every_site_that_may_have_it_and_ends_with_the_name()
    {
        await using TestZone zone = await OpenAsync();
        (string archive, Caller admin) = await JoinAsync(zone, "archive");
        NameRecord scan = await zone.DatasetAsync(admin, "scan");
        DatasetSummary told = SummaryOf(scan.Dataset) with { Title = "Ein „Titel“ 𝛼", Closed = 5, InFolder = true, Snapshot = 7 };

        IReadOnlyList<DatasetId> notTaken = (await zone.Services.Summaries.ReceiveAsync(zone.Services.Id, [told], Ct)).Value;
        FeedBatch shown = (await zone.Services.Feed.ReadAsync(archive, null, Ct))!;
        RuleRecord rule = (await zone.Services.Rules.AddAsync(
            admin, new RuleDraft(PlacementRule.Parse("serve where site=facility").Value, null) { Dataset = scan.Dataset }, "facility", Ct)).Value;
        FeedBatch hidden = (await zone.Services.Feed.ReadAsync(archive, shown.To, Ct))!;
        await zone.Services.Rules.RemoveAsync(admin, rule.Number, Ct);
        FeedBatch again = (await zone.Services.Feed.ReadAsync(archive, hidden.To, Ct))!;
        await zone.Services.Names.ReleaseAsync(admin.Actor, scan.Dataset, "gone", Ct);
        FeedBatch gone = (await zone.Services.Feed.ReadAsync(archive, again.To, Ct))!;

        Assert.Empty(notTaken);
        Assert.Empty(await zone.Services.Summaries.FindAsync([scan.Dataset], Ct));
        IReadOnlyList<string?> row = Assert.Single(shown.Items, IsSummary).Row!;
        Assert.Equal(["1", told.Title, "mx/rotation", "derived", "1", "5", null, null, "2", "3", "4", "7", "1", told.Parents, "mx/rotation ?"], row);
        Assert.Null(Assert.Single(hidden.Items, IsSummary).Row);
        Assert.Equal(row, Assert.Single(again.Items, IsSummary).Row);
        Assert.Null(Assert.Single(gone.Items, IsSummary).Row);
    }

    [Fact]
    public async Task Only_the_home_says_what_a_dataset_is_like_in_its_epoch_and_not_all_the_time()
    {
        var time = new ManualTime();
        await using TestZone zone = await OpenAsync(clock: time);
        (string archive, Caller admin) = await JoinAsync(zone, "archive");
        SummaryRegistry summaries = zone.Services.Summaries;
        NameRecord scan = await zone.DatasetAsync(admin, "scan");
        DatasetSummary told = SummaryOf(scan.Dataset);
        await summaries.ReceiveAsync(zone.Services.Id, [told], Ct);
        FeedPosition before = (await zone.Services.Feed.ReadAsync(archive, null, Ct))!.To;

        IReadOnlyList<DatasetId> liar = (await summaries.ReceiveAsync(archive, [told with { Title = "A lie" }], Ct)).Value;
        IReadOnlyList<DatasetId> late = (await summaries.ReceiveAsync(zone.Services.Id, [told with { Epoch = 2, Title = "Old" }], Ct)).Value;
        IReadOnlyList<DatasetId> unknown = (await summaries.ReceiveAsync(
            zone.Services.Id, [SummaryOf(new DatasetId(Guid.NewGuid()))], Ct)).Value;
        IReadOnlyList<DatasetId> same = (await summaries.ReceiveAsync(zone.Services.Id, [told, told], Ct)).Value;
        IReadOnlyList<DatasetId> soon = (await summaries.ReceiveAsync(zone.Services.Id, [told with { Files = 9 }], Ct)).Value;
        FeedBatch nothing = (await zone.Services.Feed.ReadAsync(archive, before, Ct))!;
        time.Advance(SummaryRegistry.LeastPause);
        IReadOnlyList<DatasetId> later = (await summaries.ReceiveAsync(zone.Services.Id, [told with { Files = 9 }], Ct)).Value;
        FeedBatch changed = (await zone.Services.Feed.ReadAsync(archive, before, Ct))!;

        Assert.Equal([scan.Dataset], liar);
        Assert.Equal([scan.Dataset], late);
        Assert.Single(unknown);
        Assert.Empty(same);
        Assert.Equal([scan.Dataset], soon);
        Assert.Empty(nothing.Items);
        Assert.Empty(later);
        Assert.Equal("9", FeedTable.Column(Assert.Single(changed.Items), "files"));
        Assert.Equal([told with { Files = 9 }], await summaries.FindAsync([scan.Dataset], Ct));
    }

    [Fact]
    public async Task What_no_dataset_can_be_like_is_refused()
    {
        await using TestZone zone = await OpenAsync();
        (_, Caller admin) = await JoinAsync(zone, "archive");
        DatasetSummary good = SummaryOf((await zone.DatasetAsync(admin, "scan")).Dataset);
        DatasetSummary[] bad =
        [
            good with { Title = new string('x', DatasetSummary.MaxTitleCharacters + 1) },
            good with { Title = "two\nlines" },
            good with { Title = "half \ud835" },
            good with { Type = "" },
            good with { Type = new string('t', 101) },
            good with { Origin = (DatasetOrigin)7 },
            good with { Created = -1 },
            good with { Closed = long.MaxValue },
            good with { Bytes = -1 },
            good with { Files = long.MaxValue },
            good with { HeadVersion = -1 },
            good with { Parents = "nonsense" },
            good with { Parents = string.Join(' ', Enumerable.Repeat(good.Dataset, DatasetSummary.MaxParents + 1)) },
        ];

        foreach (DatasetSummary one in bad)
        {
            Result<IReadOnlyList<DatasetId>> refused = await zone.Services.Summaries.ReceiveAsync(zone.Services.Id, [good, one], Ct);

            Assert.Equal(ErrorCode.InvalidBody, refused.Error?.Code);
        }

        Assert.Empty(await zone.Services.Summaries.FindAsync([good.Dataset], Ct));
    }

    private static bool IsSummary(FeedItem item) => item.Table == "summaries";

    private static DatasetSummary SummaryOf(DatasetId dataset) => new()
    {
        Dataset = dataset,
        Epoch = 1,
        Type = "mx/rotation",
        Origin = DatasetOrigin.Derived,
        Created = 1,
        Files = 2,
        Bytes = 3,
        HeadVersion = 4,
        Parents = DatasetSummary.WriteParents([new VersionReference(dataset, 3, BlobHash.Compute("root"u8)), new VersionReference(dataset, null, null)]),
    };

    private static async Task<(string Site, Caller Admin)> JoinAsync(TestZone zone, string name)
    {
        Caller admin = await zone.AdminAsync();
        IssuedSiteInvite invite = (await zone.Services.Sites.InviteAsync(
            admin, new SiteInvitation(name, SiteLabels.Empty, null, null), "facility", Ct)).Value;
        SiteRecord site = (await zone.Services.Sites.JoinAsync(
            invite.Secret.Reveal(), BlobHash.Compute(System.Text.Encoding.ASCII.GetBytes(name)), Ct)).Value;
        return (site.Id, admin);
    }
}
