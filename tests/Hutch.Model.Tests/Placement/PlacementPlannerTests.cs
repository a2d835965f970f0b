using Hutch.Model.Placement;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using static Hutch.Model.Tests.Placement.PlacementCase;

namespace Hutch.Model.Tests.Placement;

/// <summary>Which sites get copies, and how rules stand.</summary>
public sealed class PlacementPlannerTests
{
    private static readonly PlacementSite[] Zone =
    [
        NewSite("archive", "country=CZ tier=archive"), NewSite("home", "country=CZ tier=disk"), NewSite("museum", "country=DE tier=archive"),
        NewSite("scratch", "country=CZ tier=scratch"),
    ];

    [Fact]
    public void The_home_counts_where_the_rule_means_it() => Check(
        From(Zone, "1 copy where tier in (disk, archive)").Plan(), RuleState.Fulfilled, "1 of 1 copy is there.");

    [Fact]
    public void A_rule_keeps_an_existing_copy() => Check(
        From(Zone, "1 copy where tier=archive").With(Whole("archive")).Plan(), RuleState.Fulfilled, "1 of 1 copy is there.");

    [Fact]
    public void What_comes_is_waited_for() => Check(
        From(Zone, "1 copy where tier=archive").With(Asked("archive")).Plan(), RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.");

    [Fact]
    public void The_remaining_time_covers_only_the_missing_copies_and_appears_only_when_known()
    {
        PlacementCase two = From(Zone, "2 copies where tier=archive");

        RuleStatus known = Assert.Single(two.With(Coming("archive", 10), Coming("museum", 1)).Plan().Rules);
        RuleStatus half = Assert.Single(two.With(Coming("archive", 10), Asked("museum")).Plan().Rules);
        RuleStatus one = Assert.Single(
            From(Zone, "1 copy where tier=archive").With(Coming("archive", 10), Coming("museum", 1)).Plan().Rules);

        Assert.Equal("0 of 2 copies are there, and the rest is on its way: about 60 s, as it goes now.", known.Summary);
        Assert.Equal((TimeSpan.FromSeconds(60), null, TimeSpan.FromSeconds(6)), (known.Left, half.Left, one.Left));
        Assert.Equal("0 of 2 copies are there, and the rest is on its way.", half.Summary);
        Assert.Equal("archive gets a copy, and lacks 60 B of it, which takes about 6 s at 10 B a second", $"{one.Sites[0]}");
    }

    [Fact]
    public void A_copy_without_a_rule_is_released_unless_a_user_requested_it()
    {
        PlacementPlan plan = From(Zone).With(Chosen(Whole("archive")), Whole("museum"), Chosen(Asked("scratch"))).Plan();

        Assert.Equal(["scratch", "archive"], plan.Released.Select(static site => site.SiteId));
        Assert.All(plan.Released, static site => Assert.Equal("was released, as no rule wants a copy there", site.Reason));
    }

    [Fact]
    public void A_copy_that_no_rule_wants_stays_until_those_that_are_wanted_have_come()
    {
        PlacementCase coming = From(Zone, "1 copy where tier=scratch").With(Chosen(Whole("archive")), Chosen(Asked("scratch")));
        PlacementCase there = coming.With(Chosen(Whole("archive")), Chosen(Whole("scratch")));

        Assert.Empty(coming.Plan().Released);
        Assert.Equal(["archive"], there.Plan().Released.Select(static site => site.SiteId));
    }

    [Fact]
    public void Nothing_is_released_while_the_home_or_a_copy_that_counts_is_away()
    {
        PlacementCase two = From(Zone, "1 copy where tier=archive").With(Chosen(Whole("archive")), Chosen(Whole("scratch")));

        Assert.Equal(["scratch"], two.Plan().Released.Select(static site => site.SiteId));
        Assert.Empty(two.Away("home", TimeSpan.FromMinutes(1)).Plan().Released);
        Assert.Empty(two.Away("archive", TimeSpan.FromMinutes(1)).Plan().Released);
    }

    [Fact]
    public void Of_more_copies_than_a_rule_wants_the_newest_is_released()
    {
        PlacementPlan plan = From(Zone, "1 copy where tier=archive")
            .With(Chosen(Whole("archive")) with { AskedAt = Start + TimeSpan.FromHours(1) }, Chosen(Whole("museum"))).Plan();

        Assert.Equal("archive was released, as enough other sites have a copy", Assert.Single(plan.Released).ToString());
    }

    [Fact]
    public void What_a_site_has_that_is_being_emptied_comes_elsewhere_first()
    {
        PlacementCase before = From(Zone, "1 copy where tier=archive").With(Chosen(Whole("archive"))).Change("archive", Emptied);
        PlacementCase there = before.With(Chosen(Whole("archive")), Chosen(Whole("museum")));

        Check(before.Plan(), RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "museum");
        Assert.Empty(before.Plan().Released);
        Assert.Equal("archive was released, as it is being emptied", Assert.Single(there.Plan().Released).ToString());
    }

    [Fact]
    public void A_requested_copy_at_a_draining_site_gets_a_lasting_replacement_at_another_site()
    {
        PlacementCase before = From(Zone).With(Whole("archive")).Change("archive", Emptied);
        string next = Assert.Single(before.Plan().NewCopies).SiteId;
        PlacementPlan there = before.With(Whole("archive"), Chosen(Whole(next))).Plan();
        PlacementPlan both = before.With(Whole("archive"), Whole("museum")).Plan();

        Assert.Empty(before.Plan().Released);
        Assert.Equal(["archive"], there.Released.Select(static site => site.SiteId));
        Assert.Equal([next], there.InPlaceOfAsked);
        Assert.Equal(["scratch"], both.NewCopies.Select(static site => site.SiteId));
    }

    [Fact]
    public void A_requested_copy_at_a_site_that_is_away_is_not_replaced_along_with_one_at_a_draining_site()
    {
        PlacementCase before = From([.. Zone, NewSite("vault", "tier=disk")])
            .With(Whole("archive"), Whole("scratch"), Chosen(Whole("museum")), Chosen(Whole("vault")))
            .Change("archive", Emptied).Away("scratch", TimeSpan.FromHours(2));
        PlacementPlan plan = before.Plan();

        Assert.Equal(2, plan.Released.Count);
        Assert.Contains("archive", plan.Released.Select(static site => site.SiteId));
        Assert.Single(plan.InPlaceOfAsked);
        Assert.Empty(before.Release(plan).Plan().Released);
    }

    [Fact]
    public void A_site_that_has_released_its_copy_can_be_chosen_again()
    {
        PlacementPlan plan = From(Zone, "1 copy where site=archive").With(Chosen(Whole("archive")) with { ReleasedAt = Start }).Plan();

        Check(plan, RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "archive");
    }

    [Fact]
    public void A_site_with_twice_the_room_is_preferred() => Check(
        From(Zone, "1 copy where tier=archive").Change("archive", s => s with { Disk = new SiteSpace(3000, 0) }).Plan(),
        RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "archive");

    [Fact]
    public void Of_sites_with_like_room_the_one_is_preferred_whose_labels_differ_most_from_those_that_have_it()
    {
        PlacementPlan plan = From(Zone, "1 copy where tier=archive")
            .Change("archive", s => s with { Disk = new SiteSpace(1010, 0) }).Plan();

        Check(plan, RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "museum");
        Assert.Equal(
            "museum was chosen for '1 copy where tier=archive': it has room for 1.00 kB, and differs from home in country, tier",
            plan.NewCopies[0].ToString());
    }

    [Fact]
    public void Otherwise_the_first_by_its_id_is_chosen() => Check(
        From([NewSite("home", "tier=disk"), NewSite("b", "tier=archive"), NewSite("a", "tier=archive")], "1 copy where tier=archive").Plan(),
        RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "a");

    [Fact]
    public void What_several_rules_want_is_one_copy()
    {
        PlacementPlan plan = From(Zone, "1 copy where country=DE", "1 copy where tier=archive", "1 copy where site=museum")
            .Change("archive", s => s with { Disk = new SiteSpace(1_000_000, 0) }).Plan();

        Assert.Equal(["museum"], plan.NewCopies.Select(s => s.SiteId));
        Assert.All(plan.Rules, status => Assert.Equal(RuleState.Pending, status.State));
    }

    [Fact]
    public void The_same_rule_twice_wants_the_same_copies() => Assert.Single(
        From(Zone, "1 copy where tier=archive", "1 copies where (tier=archive)").Plan().NewCopies);

    [Fact]
    public void A_site_that_is_away_for_less_than_a_day_is_not_replaced()
    {
        PlacementCase away = From(Zone, "1 copy where tier=archive").With(Whole("archive")).Away("archive", TimeSpan.FromHours(23.99));

        PlacementPlan plan = away.Plan();

        Check(plan, RuleState.Degraded, "0 of 1 copy is there: sites that have one are away.");
        Assert.Equal(
            "archive has a copy, and has been away since 2026-02-28 12:00 UTC; another site takes its place after 2026-03-01 12:00 UTC",
            plan.Rules[0].Sites[0].ToString());
    }

    [Fact]
    public void A_site_that_is_away_for_a_day_is_replaced() => Check(
        From(Zone, "1 copy where tier=archive").With(Whole("archive")).Away("archive", TimeSpan.FromDays(1)).Plan(),
        RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "museum");

    [Fact]
    public void A_site_that_cannot_be_replaced_is_waited_for() => Check(
        From(Zone, "2 copies where tier=archive").With(Whole("archive"), Whole("museum")).Away("archive", TimeSpan.FromDays(9)).Plan(),
        RuleState.Degraded, "1 of 2 copies is there: sites that have one are away.");

    [Fact]
    public void A_site_that_comes_back_counts_again() => Check(
        From(Zone, "1 copy where tier=archive").With(Whole("archive"), Asked("museum")).Plan(), RuleState.Fulfilled, "1 of 1 copy is there.");

    [Fact]
    public void A_site_that_is_away_is_not_chosen_but_waited_for() => Check(
        From(Zone, "2 copies where tier=archive").With(Whole("archive")).Away("museum", TimeSpan.FromSeconds(5)).Plan(),
        RuleState.Pending, "1 of 2 copies is there: sites that could have one are away.");

    [Fact]
    public void Space_that_was_promised_is_not_promised_twice()
    {
        PlacementPlan plan = From(Zone, "1 copy where site=archive")
            .Change("archive", s => s with { Disk = new SiteSpace(1000, 901) }).Plan();

        Check(plan, RuleState.Impossible, "0 of 1 copy is there, and no more than 0 can be, as the sites are now.");
        Assert.Equal("archive has room for 99 B, and 100 B are needed", plan.Rules[0].Sites[0].ToString());
    }

    [Fact]
    public void The_quota_of_the_owner_counts_like_space() => Check(
        From(Zone, "1 copy where tier=archive").Change("museum", s => s with { Quota = new SiteSpace(99, 0) }).Plan(),
        RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "archive");

    [Theory]
    [InlineData(60, "museum")]
    [InlineData(61, null)]
    public void A_copy_that_failed_for_want_of_space_is_made_elsewhere(long free, string? chosen) => Assert.Equal(
        chosen,
        From(Zone, "1 copy where tier=archive").With(Stuck("archive", "The quota is full.", done: 39))
            .Change("archive", s => s with { Disk = new SiteSpace(free, 5000) }).Plan().NewCopies.SingleOrDefault()?.SiteId);

    [Fact]
    public void A_copy_that_its_site_refuses_is_made_elsewhere_and_where_there_is_no_other_the_rule_is_impossible_and_says_why()
    {
        CopyRecord refused = Refused(Asked("archive"), "'carol' has used 7 of a quota of 8 bytes");
        PlacementPlan alone = From(Zone, "1 copy where site=archive").With(refused).Plan();

        Check(alone, RuleState.Impossible, "0 of 1 copy is there, and no more than 0 can be, as the sites are now.");
        Assert.Equal(
            "archive was asked for a copy, and refuses it: 'carol' has used 7 of a quota of 8 bytes", alone.Rules[0].Sites[0].ToString());
        Check(From(Zone, "1 copy where tier=archive").With(refused).Plan(), RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "museum");
    }

    [Fact]
    public void A_copy_that_fails_to_follow_does_not_count_and_is_replaced_only_when_its_site_refuses_new_data()
    {
        PlacementCase one = From(Zone, "1 copy where tier=archive");

        PlacementPlan failing = one.With(Failing(Whole("archive"), "No route.")).Plan();
        Check(failing, RuleState.Degraded, "0 of 1 copy is there: sites that have one do not follow the home.");
        Assert.Contains("archive has a copy that does not follow: No route", failing.Rules[0].Sites.Select(s => s.ToString()));
        Check(
            one.With(Refused(Whole("archive"), "Full.")).Plan(), RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "museum");
        Check(
            From(Zone, "1 copy where site=archive").With(Refused(Whole("archive"), "Full.")).Plan(), RuleState.Degraded,
            "0 of 1 copy is there: sites that have one do not follow the home.");
    }

    [Fact]
    public void A_copy_in_progress_is_not_abandoned_when_free_space_runs_low() => Assert.Empty(
        From(Zone, "1 copy where tier=archive").With(Asked("archive"))
            .Change("archive", s => s with { Disk = new SiteSpace(99, 5000) }).Plan().NewCopies);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "museum")]
    public void A_copy_that_is_on_its_way_to_a_site_that_is_away_is_made_elsewhere_after_a_day(int ticks, string? chosen) => Assert.Equal(
        chosen,
        From(Zone, "1 copy where tier=archive").With(Asked("archive"))
            .Away("archive", TimeSpan.FromDays(1) - TimeSpan.FromTicks(1 - ticks)).Plan().NewCopies.SingleOrDefault()?.SiteId);

    [Theory]
    [InlineData(SiteIntake.NothingNew, null)]
    [InlineData(SiteIntake.ReadOnly, "museum")]
    [InlineData(SiteIntake.Draining, "museum")]
    public void A_copy_that_its_site_cannot_complete_is_made_elsewhere(SiteIntake intake, string? chosen) => Assert.Equal(
        chosen,
        From(Zone, "1 copy where tier=archive").With(Asked("archive"))
            .Change("archive", s => s with { Intake = intake }).Plan().NewCopies.SingleOrDefault()?.SiteId);

    [Fact]
    public void Sites_that_are_chosen_together_differ_from_each_other_too() => Check(
        From(
            [
                NewSite("home", "country=CZ tier=disk"), NewSite("a", "country=DE tier=archive"), NewSite("b", "country=DE tier=archive"),
                NewSite("c", "country=SE tier=archive"),
            ],
            "2 copies where tier=archive").Plan(),
        RuleState.Pending, "0 of 2 copies are there, and the rest is on its way.", "a", "c");

    [Fact]
    public void A_rule_reports_why_its_copy_fails() => Assert.Equal(
        "archive gets a copy, but: No route",
        From(Zone, "1 copy where site=archive").With(Stuck("archive", "No route.", done: 0)).Plan().Rules[0].Sites[0].ToString());

    [Theory]
    [InlineData(SiteIntake.NothingNew, RuleState.Fulfilled)]
    [InlineData(SiteIntake.ReadOnly, RuleState.Fulfilled)]
    [InlineData(SiteIntake.Draining, RuleState.Pending)]
    public void A_copy_at_a_site_that_takes_nothing_counts_unless_the_site_is_emptied(SiteIntake intake, RuleState state) => Assert.Equal(
        state,
        From(Zone, "1 copy where tier=archive").With(Whole("archive")).Change("archive", s => s with { Intake = intake }).Plan().Rules[0].State);

    [Theory]
    [InlineData(SiteIntake.NothingNew)]
    [InlineData(SiteIntake.ReadOnly)]
    [InlineData(SiteIntake.Draining)]
    public void A_site_that_takes_nothing_new_is_not_chosen(SiteIntake intake) => Check(
        From(Zone, "1 copy where site=archive").Change("archive", s => s with { Intake = intake }).Plan(),
        RuleState.Impossible, "0 of 1 copy is there, and no more than 0 can be, as the sites are now.");

    [Fact]
    public void A_rule_that_means_too_few_sites_gets_what_can_be_and_says_so() => Check(
        From(Zone, "3 copies where tier=archive").Plan(),
        RuleState.Impossible, "0 of 3 copies are there, and no more than 2 can be, as the sites are now.", "museum", "archive");

    [Fact]
    public void A_rule_that_means_no_site_says_so() => Check(
        From(Zone, "1 copy where tier=tape").Plan(), RuleState.Impossible, "0 of 1 copy is there: no site matches 'tier=tape'.");

    [Fact]
    public void Where_a_dataset_may_not_be_served_it_is_not_copied()
    {
        PlacementPlan plan = From(Zone, "2 copies where tier=archive", "serve where country=CZ").Plan();

        Check(plan, RuleState.Impossible, "0 of 2 copies are there, and no more than 1 can be, as the sites are now.", "archive");
        Assert.Equal("museum is excluded by 'serve where country=CZ'", plan.Rules[0].Sites[1].ToString());
        Assert.Equal(RuleState.Fulfilled, plan.Rules[1].State);
    }

    [Fact]
    public void A_copy_where_none_should_be_stays_is_named_and_does_not_count()
    {
        PlacementPlan plan = From(Zone, "1 copy where tier=archive", "serve where country=CZ").With(Whole("museum")).Plan();

        Check(plan, RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "archive");
        Assert.Equal(RuleState.Degraded, plan.Rules[1].State);
        Assert.Equal("No site that is left out shows it, but files of it are on the disk of museum.", plan.Rules[1].Summary);
        Assert.Contains(
            "museum is left out, and does not show it; files of a copy are on its disk", plan.Rules[1].Sites.Select(s => s.ToString()));
    }

    [Fact]
    public void A_home_moves_when_a_site_that_is_meant_has_a_copy()
    {
        PlacementCase start = From(Zone, "home where tier=archive");

        PlacementPlan first = start.Plan();
        Check(first, RuleState.Pending, "A copy comes first, then the home moves.", "museum");
        Assert.Null(first.NewHome);

        PlacementCase copied = start.With(Whole("museum"));
        PlacementPlan second = copied.Plan();
        Check(second, RuleState.Pending, "The home is to move to museum.");
        Assert.Equal("museum has a copy, and is meant by 'home where tier=archive'", second.NewHome!.ToString());

        PlacementPlan third = copied.Settle(second).Plan();
        Check(third, RuleState.Fulfilled, "museum is the home.");
        Assert.Null(third.NewHome);
    }

    [Fact]
    public void A_copy_for_another_rule_can_be_the_next_home() => Check(
        From(Zone, "1 copy where country!=CZ", "home where tier=archive")
            .Change("archive", s => s with { Disk = new SiteSpace(1_000_000, 0) }).Plan(),
        RuleState.Pending, "0 of 1 copy is there, and the rest is on its way.", "museum");

    [Fact]
    public void A_home_that_is_away_does_not_move()
    {
        PlacementPlan plan = From(Zone, "home where tier=archive").With(Whole("museum")).Away("home", TimeSpan.FromDays(3)).Plan();

        Assert.Null(plan.NewHome);
        Check(plan, RuleState.Pending, "The old or the new home is away.");
    }

    [Fact]
    public void A_site_that_takes_nothing_new_cannot_be_the_home() => Check(
        From(Zone, "home where tier=archive").With(Whole("museum")).Change("museum", s => s with { Intake = SiteIntake.NothingNew }).Plan(),
        RuleState.Pending, "A copy comes first, then the home moves.", "archive");

    [Fact]
    public void Rules_for_the_home_that_no_site_meets_together_are_impossible()
    {
        PlacementPlan plan = From(Zone, "home where tier=scratch", "home where country=DE", "home where tier=disk").Plan();

        Assert.Empty(plan.NewCopies);
        Assert.Equal([RuleState.Impossible, RuleState.Impossible, RuleState.Fulfilled], plan.Rules.Select(r => r.State));
    }

    [Fact]
    public void A_copy_at_a_site_that_was_removed_does_not_count() => Check(
        From(Zone, "2 copies where tier=archive").With(Whole("gone"), Whole("archive")).Plan(),
        RuleState.Pending, "1 of 2 copies is there, and the rest is on its way.", "museum");

    private static void Check(PlacementPlan plan, RuleState state, string summary, params string[] chosen)
    {
        Assert.Equal(chosen, plan.NewCopies.Select(site => site.SiteId));
        Assert.Equal((state, summary), (plan.Rules[0].State, plan.Rules[0].Summary));
    }

    private static PlacementSite Emptied(PlacementSite site) => site with { Intake = SiteIntake.Draining };
}
