using System.Collections.Immutable;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;
using Hutch.Zone.Tests.Visits;

namespace Hutch.Zone.Tests.Placement;

public sealed class EmbeddedCopyNoticeTests() : CopyNoticeTests(null);

/// <summary>Who asked for copies is told when they are there, and when they do not come.</summary>
public abstract class CopyNoticeTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly PlacementRule Rule = PlacementRule.Parse("1 copy where tier=archive").Value;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_creator_of_a_rule_is_notified_once_when_all_its_copies_are_complete()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        await AddRuleAsync(zone, ada, scan);

        await LookAsync(zone, scan);
        string[] before = await MailsAsync(zone, ada);
        await ComeAsync(zone, scan, site, 3, CopyStates.Complete);
        await LookAsync(zone, scan);
        await LookAsync(zone, scan, isAway: true);
        await LookAsync(zone, scan);

        Assert.Empty(before);
        Assert.Equal(
            ["The copies of ada/scan are there: Copies of the dataset ada/scan at Hutch were asked for: 1 copy where tier=archive. "
                + "They are there now. 1 of 1 copy is there. archive has a copy"],
            await MailsAsync(zone, ada));
    }

    [Fact]
    public async Task The_creator_of_a_rule_is_notified_after_a_day_without_progress_and_again_when_all_copies_are_complete()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        await AddRuleAsync(zone, ada, scan);
        await LookAsync(zone, scan);

        zone.Time.Advance(TimeSpan.FromHours(23));
        await ComeAsync(zone, scan, site, 1, CopyStates.Running);
        zone.Time.Advance(TimeSpan.FromHours(23));
        await LookAsync(zone, scan);
        string[] whileItComes = await MailsAsync(zone, ada);
        zone.Time.Advance(TimeSpan.FromHours(2));
        await ComeAsync(zone, scan, site, 1, CopyStates.Running);
        await LookAsync(zone, scan);
        zone.Time.Advance(TimeSpan.FromDays(9));
        await LookAsync(zone, scan);
        string[] stuck = await MailsAsync(zone, ada);
        await ComeAsync(zone, scan, site, 3, CopyStates.Complete);
        await LookAsync(zone, scan);

        Assert.Empty(whileItComes);
        Assert.StartsWith(
            "The copies of ada/scan do not come: Copies of the dataset ada/scan at Hutch were asked for: 1 copy where tier=archive. "
            + "Nothing has come since 2026-11-21 07:00 UTC. 0 of 1 copy is there, and the rest is on its way. archive gets a copy, and lacks 2 B of it",
            Assert.Single(stuck), StringComparison.Ordinal);
        Assert.StartsWith("The copies of ada/scan are there: ", (await MailsAsync(zone, ada))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_made_is_reported_after_an_hour()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        await AddRuleAsync(zone, ada, scan);
        await LookAsync(zone, scan);
        await ComeAsync(zone, scan, site, 0, CopyStates.Refused, "it is full");

        await LookAsync(zone, scan);
        string[] atOnce = await MailsAsync(zone, ada);
        zone.Time.Advance(TimeSpan.FromHours(1));
        await LookAsync(zone, scan);

        Assert.Empty(atOnce);
        Assert.EndsWith("archive was asked for a copy, and refuses it: it is full", FirstLine(Assert.Single(await MailsAsync(zone, ada))));
    }

    [Fact]
    public async Task The_requester_of_a_copy_is_notified_when_it_is_stuck_and_when_it_is_complete()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        await zone.Services.Copies.RequestAsync(ada, scan, "archive", "facility", Ct);
        await ComeAsync(zone, scan, site, 1, CopyStates.Running);

        zone.Time.Advance(TimeSpan.FromHours(23));
        await zone.Services.CopyNotices.NotifyStuckAsync(Ct);
        string[] early = await MailsAsync(zone, ada);
        await ComeAsync(zone, scan, site, 1, CopyStates.Failed, "The line was cut.");
        zone.Time.Advance(TimeSpan.FromHours(1));
        await zone.Services.CopyNotices.NotifyStuckAsync(Ct);
        await zone.Services.CopyNotices.NotifyStuckAsync(Ct);
        await ComeAsync(zone, scan, site, 3, CopyStates.Complete);
        await ComeAsync(zone, scan, site, 3, CopyStates.Complete);

        Assert.Empty(early);
        Assert.Equal(
            ["The copies of ada/scan are there: Copies of the dataset ada/scan at Hutch were asked for: a copy at archive. They are there "
                + "now. archive has all of it.",
                "The copies of ada/scan do not come: Copies of the dataset ada/scan at Hutch were asked for: a copy at archive. Nothing has "
                + "come since 2026-11-20 08:00 UTC. The line was cut."],
            (await MailsAsync(zone, ada)).Select(FirstLine));
    }

    [Fact]
    public async Task A_requester_without_the_right_manage_is_not_notified_but_the_owner_of_the_dataset_is()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        Caller bob = await zone.UserAsync("bob");
        await zone.Services.Sharing.GrantAsync(ada, scan, PrincipalKind.User, "bob", Rights.Manage, null, Ct);
        await zone.Services.Copies.RequestAsync(bob, scan, "archive", "facility", Ct);
        await zone.Services.Sharing.GrantAsync(ada, scan, PrincipalKind.User, "bob", Rights.Read, null, Ct);

        await ComeAsync(zone, scan, site, 3, CopyStates.Complete);

        Assert.DoesNotContain(await MailsAsync(zone, bob), static mail => mail.Contains("copies", StringComparison.Ordinal));
        Assert.StartsWith("The copies of ada/scan are there", Assert.Single(await MailsAsync(zone, ada)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_chosen_by_rules_for_many_datasets_cause_no_notifications()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        Caller admin = await zone.AdminAsync();
        await zone.Services.Rules.AddAsync(admin, new RuleDraft(Rule, null), "facility", Ct);

        await LookAsync(zone, scan);
        await ComeAsync(zone, scan, site, 3, CopyStates.Complete);
        await LookAsync(zone, scan);

        Assert.Empty(await MailsAsync(zone, ada));
        Assert.Empty(await MailsAsync(zone, admin));
    }

    [Fact]
    public async Task Expected_copies_at_a_site_are_listed_only_for_the_datasets_that_it_names()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        DatasetId other = (await zone.DatasetAsync(ada, "other")).Dataset;
        await zone.Services.Copies.RequestAsync(ada, scan, "archive", "facility", Ct);
        await zone.Services.Copies.RequestAsync(ada, other, "archive", "facility", Ct);

        IReadOnlyList<ExpectedDataset> named = await zone.Services.Copies.ListExpectedAtAsync(site, [scan, new DatasetId(Guid.NewGuid())], Ct);
        IReadOnlyList<ExpectedDataset> none = await zone.Services.Copies.ListExpectedAtAsync(site, [], Ct);

        Assert.Equal("ada/scan", Assert.Single(named).Name);
        Assert.Empty(none);
    }

    [Fact]
    public async Task Incoming_copies_are_listed_running_first_then_failed_then_waiting_and_complete_ones_are_left_out()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId waits) = await BeginAsync(zone);
        DatasetId full = await AskAsync("full"), moves = await AskAsync("moves"), there = await AskAsync("there"), follows = await AskAsync("follows");
        await zone.Services.Copies.RequestAsync(ada, waits, "archive", "facility", Ct);
        await ComeAsync(zone, full, site, 0, CopyStates.Refused, "it is full");
        await ComeAsync(zone, moves, site, 1, CopyStates.Running);
        await ComeAsync(zone, there, site, 3, CopyStates.Complete);
        await ComeAsync(zone, follows, site, 3, CopyStates.Complete);
        await ComeAsync(zone, follows, site, 2, CopyStates.Running);

        IncomingCopies all = (await zone.Services.Copies.OnTheWayAsync(await zone.AdminAsync(), 100, Ct)).Value;
        IncomingCopies first = (await zone.Services.Copies.OnTheWayAsync(await zone.AdminAsync(), 1, Ct)).Value;
        HutchError? refused = (await zone.Services.Copies.OnTheWayAsync(ada, 100, Ct)).Error;

        Assert.Equal(["ada/moves", "ada/follows", "ada/full", "ada/scan"], all.Copies.Select(static one => one.Name.FullName));
        Assert.All(all.Copies, one => Assert.Equal((null, "archive"), (one.Home, one.Copy.Site?.Name)));
        Assert.Equal((4, 1), (first.Count, first.Copies.Count));
        Assert.Equal(ErrorCode.Forbidden, refused?.Code);

        async Task<DatasetId> AskAsync(string slug)
        {
            DatasetId dataset = (await zone.DatasetAsync(ada, slug)).Dataset;
            await zone.Services.Copies.RequestAsync(ada, dataset, "archive", "facility", Ct);
            zone.Time.Advance(TimeSpan.FromSeconds(1));
            return dataset;
        }
    }

    [Fact]
    public async Task Owners_see_which_of_their_copies_failed_and_how_many_datasets_of_their_visit_are_copied()
    {
        await using TestZone zone = await OpenAsync();
        (string site, Caller ada, DatasetId scan) = await BeginAsync(zone);
        Caller bob = await zone.UserAsync("bob");
        await zone.PutAsync("cm1-1");
        ada = await zone.NowAsync(ada);
        DatasetId whole = (await zone.DatasetAsync(ada, "whole", "cm1-1")).Dataset, comes = (await zone.DatasetAsync(ada, "comes", "cm1-1")).Dataset;
        foreach (DatasetId dataset in (DatasetId[])[scan, whole, comes])
        {
            Assert.True((await zone.Services.Copies.RequestAsync(ada, dataset, "archive", "facility", Ct)).IsOk);
        }

        await ComeAsync(zone, scan, site, 1, CopyStates.Failed, "The line was cut.");
        await ComeAsync(zone, whole, site, 3, CopyStates.Complete);
        await ComeAsync(zone, comes, site, 1, CopyStates.Running);

        IncomingCopy failed = Assert.Single((await zone.Services.Copies.ListFailedAsync(ada, 10, Ct)).Value);
        Assert.Equal(("ada/scan", "The line was cut."), (failed.Name.FullName, failed.Copy.Copy.Told?.Problem));
        Assert.Empty((await zone.Services.Copies.ListFailedAsync(bob, 10, Ct)).Value);
        Assert.Equal(new CopiedDatasets(2, 1), (await zone.Services.Visits.FindAsync(ada, "cm1-1", Ct)).Value.Copies);

        // One that follows changes is not complete at present.
        await ComeAsync(zone, whole, site, 2, CopyStates.Running);
        Assert.Equal(new CopiedDatasets(2, 0), (await zone.Services.Visits.FindAsync(ada, "cm1-1", Ct)).Value.Copies);
    }

    /// <summary>A zone with an archive, and a dataset of an account of it.</summary>
    private static async Task<(string Site, Caller Ada, DatasetId Scan)> BeginAsync(TestZone zone)
    {
        Caller admin = await zone.AdminAsync();
        IssuedSiteInvite invite = (await zone.Services.Sites.InviteAsync(
            admin,
            new SiteInvitation("archive", ImmutableSortedDictionary.CreateRange([KeyValuePair.Create("tier", "archive")]), null, null),
            "facility", Ct)).Value;
        SiteRecord site = (await zone.Services.Sites.JoinAsync(invite.Secret.Reveal(), BlobHash.Compute("archive"u8), Ct)).Value;
        await zone.Services.Sites.RecordContactAsync(site.Id, null, 1 << 30, Ct);
        Caller ada = await zone.UserAsync("ada");
        return (site.Id, ada, (await zone.DatasetAsync(ada, "scan")).Dataset);
    }

    private static async Task AddRuleAsync(TestZone zone, Caller ada, DatasetId scan) => Assert.True(
        (await zone.Services.Rules.AddAsync(ada, new RuleDraft(Rule, null) { Dataset = scan }, "facility", Ct)).IsOk);

    /// <summary>What the server does with a dataset now and then.</summary>
    private static async Task LookAsync(TestZone zone, DatasetId scan, bool isAway = false)
    {
        DateTimeOffset now = zone.Time.GetUtcNow();
        await zone.Services.CopyNotices.NotifyAsync(
            await zone.Services.Placements.AssignAsync(
                [new DatasetFacts(scan, 3, new TypeLineage(["generic"], IsKnown: true), null)], new SiteFacts("facility", 1 << 30, _ => isAway ? now : null), Ct),
            Ct);
    }

    /// <summary>The archive says how far it is.</summary>
    private static async Task ComeAsync(TestZone zone, DatasetId scan, string site, long bytes, string state, string? problem = null) =>
        await zone.Services.Copies.ReportAsync(site, scan, new CopyProgress(state, null, null, 1, 3, bytes == 3 ? 1 : 0, bytes, problem), Ct);

    private static async Task<string[]> MailsAsync(TestZone zone, Caller to) =>
    [
        .. (await zone.Services.Mailbox.ListAsync(to, null, 100, Ct)).Value.Select(zone.Services.Mailbox.Read)
            .Select(static mail => $"{mail.Subject}: {FirstLine(mail.Body)}"),
    ];

    private static string FirstLine(string body) => body.Split('\n')[0];
}
