using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Placement;
using Hutch.Model.Sites;

namespace Hutch.Model.Tests.Placement;

/// <summary>What holds for every zone, dataset and set of rules.</summary>
public sealed class PlacementPropertyTests
{
    [Fact]
    public void Only_sites_are_chosen_that_a_rule_wants_and_none_excludes_and_that_can_take_it() => ForAll(PlacementGenerator.Any, one =>
    {
        PlacementPlan plan = one.Plan();

        Assert.Distinct(plan.NewCopies.Select(chosen => chosen.SiteId));
        Assert.All(plan.NewCopies, chosen =>
        {
            PlacementSite site = one.Sites.Single(site => site.Id == chosen.SiteId);
            Assert.True(IsAllowed(one, site) && (HasToReplace(one) || OfKind(one, PlacementRuleKind.Copies).Any(r => site.Matches(r.Where)) || IsHomeSite(one, site)));
            Assert.True(site is { Intake: SiteIntake.Open, AwaySince: null } && site.AvailableBytes >= one.Bytes);
            Assert.DoesNotContain(site.Id, one.Copies.Select(copy => copy.SiteId).Append(one.Home));
        });
    });

    [Fact]
    public void The_home_moves_only_to_a_whole_copy_that_all_rules_for_it_mean() => ForAll(PlacementGenerator.Any, one =>
    {
        if (one.Plan().NewHome is { } next)
        {
            PlacementSite site = one.Sites.Single(site => site.Id == next.SiteId);
            Assert.True(IsAllowed(one, site) && IsHomeSite(one, site) && site is { Intake: SiteIntake.Open, AwaySince: null });
            Assert.NotEqual(one.Home, site.Id);
            Assert.Contains(one.Copies, copy => copy.SiteId == site.Id && copy.CompleteAt is not null);
            Assert.Contains(OfKind(one, PlacementRuleKind.Home), rule => !HomeOf(one).Matches(rule.Where));
        }
    });

    [Fact]
    public void The_answer_does_not_depend_on_the_order_of_the_question() => ForAll(PlacementGenerator.Any, one =>
    {
        PlacementPlan plan = one.Plan();
        PlacementPlan reversed = (one with
        {
            Sites = [.. one.Sites.Reverse()],
            Rules = [.. one.Rules.Reverse()],
            Copies = [.. one.Copies.Reverse()],
        }).Plan();

        Assert.Equal(Ids(plan), Ids(reversed));
        Assert.Equal(plan.NewHome?.SiteId, reversed.NewHome?.SiteId);
        Assert.Equal(plan.Rules.Select(rule => rule.State), reversed.Rules.Reverse().Select(rule => rule.State));
    });

    [Fact]
    public void A_plan_never_releases_copies_that_fulfilled_rules_need_or_users_requested() => ForAll(PlacementGenerator.Any, one =>
    {
        PlacementCase chosen = one with { Copies = [.. one.Copies.Select((copy, i) => copy with { IsChosen = i % 2 == 0 })] };
        PlacementPlan plan = chosen.Plan();
        PlacementPlan after = chosen.Release(plan).Plan();

        Assert.All(plan.Released, released => Assert.Contains(
            chosen.Copies, copy => copy.SiteId == released.SiteId && (copy.IsChosen || IsEmptied(chosen, copy.SiteId))));
        Assert.Empty(plan.Released.Select(released => released.SiteId).Intersect(plan.NewCopies.Select(site => site.SiteId)));
        Assert.Empty(after.Released);
        Assert.All(
            plan.Rules.Zip(after.Rules).Where(pair => pair.First.Rule.Kind == PlacementRuleKind.Copies && plan.Released.Count > 0),
            pair => Assert.Equal((RuleState.Fulfilled, RuleState.Fulfilled), (pair.First.State, pair.Second.State)));
    });

    [Fact]
    public void What_was_asked_for_is_not_asked_for_again() => ForAll(PlacementGenerator.Any, one =>
        Assert.Empty(one.Ask(one.Plan()).Plan().NewCopies));

    [Fact]
    public void What_comes_or_is_there_stays_the_choice_when_a_better_site_appears() => ForAll(PlacementGenerator.Any, one =>
    {
        PlacementPlan plan = one.Plan();
        bool[] settled =
        [
            .. plan.Rules.Select(rule => rule.State == RuleState.Fulfilled || rule.Summary.EndsWith("the rest is on its way.", StringComparison.Ordinal)),
        ];
        if (HasToReplace(one))
        {
            return;
        }

        PlacementCase later = one.Ask(plan) with
        {
            Sites = one.Sites.Add(PlacementCase.NewSite("a-better-one", "country=CZ rank=2 tier=archive", free: 1 << 30)),
            Rules = [.. one.Rules.Where((_, number) => settled[number])],
        };

        Assert.Empty(later.Plan().NewCopies);
    });

    [Fact]
    public void No_site_is_replaced_before_it_is_away_for_a_day() => ForAll(PlacementGenerator.Healthy, one =>
    {
        PlacementCase settled = Converge(one);
        PlacementCase away = settled with
        {
            Sites = [.. settled.Sites.Select((site, i) => i % 2 == 0 ? site with { AwaySince = one.Now } : site)],
            Now = one.Now + TimeSpan.FromDays(1) - TimeSpan.FromTicks(1),
        };

        Assert.Empty(away.Plan().NewCopies);
        Assert.Null(away.Plan().NewHome);
        Assert.DoesNotContain(away.Plan().Rules.Zip(settled.Plan().Rules), pair =>
            pair.Second.State == RuleState.Fulfilled && pair.First.State is RuleState.Impossible);
    });

    [Fact]
    public void Where_all_sites_are_well_a_rule_ends_fulfilled_when_enough_sites_may_have_a_copy_and_else_impossible() =>
        ForAll(PlacementGenerator.Healthy, one =>
        {
            PlacementCase settled = Converge(one);

            Assert.All(settled.Plan().Rules, status => Assert.Equal(CanBe(one, status.Rule), status.State == RuleState.Fulfilled));
            Assert.All(
                settled.Plan().Rules.Where(status => status.State != RuleState.Fulfilled),
                status => Assert.Equal(
                    status.Rule.Kind == PlacementRuleKind.Serve ? RuleState.Degraded : RuleState.Impossible, status.State));
        });

    [Fact]
    public void It_comes_to_an_end_however_the_sites_are() => ForAll(PlacementGenerator.Any, one => Converge(one));

    [Fact]
    public void Two_rules_get_as_few_copies_as_can_be() => ForAll(PlacementGenerator.WithTwoRules, one =>
    {
        int fewest = Enumerable.Range(0, 1 << one.Sites.Length)
            .Select(set => one.Sites.Where((site, i) => (set & (1 << i)) != 0 && site.Id != one.Home))
            .Select(sites => one.With([.. sites.Select(site => PlacementCase.Whole(site.Id))]))
            .Where(other => other.Plan().NewCopies.Count == 0)
            .Min(other => other.Copies.Length);

        Assert.Equal(fewest, one.Plan().NewCopies.Count);
    }, cases: 200);

    [Fact]
    public void Where_only_a_program_has_the_bytes_nothing_moves_and_only_rules_that_permit_it_are_fulfilled() => ForAll(PlacementGenerator.Any, one =>
    {
        PlacementPlan plan = (one with { IsReproducedOnly = true }).Plan();

        Assert.Empty(plan.NewCopies);
        Assert.Empty(plan.Released);
        Assert.Null(plan.NewHome);
        Assert.Equal(one.Rules, plan.Rules.Select(status => status.Rule));
        Assert.All(
            plan.Rules.Where(status => status.Rule.Kind == PlacementRuleKind.Copies),
            status => Assert.Equal(status.Rule.ProofDays is not null, status.State == RuleState.Fulfilled));
    });

    [Fact]
    public void A_proof_that_may_replace_copies_changes_no_plan_while_the_bytes_are_there() => ForAll(PlacementGenerator.Any, one =>
    {
        PlacementPlan with = one.Plan();
        PlacementPlan without = (one with { Rules = [.. one.Rules.Select(rule => rule with { ProofDays = null })] }).Plan();

        Assert.Equal(Ids(without), Ids(with));
        Assert.Equal(without.Rules.Select(status => status.State), with.Rules.Select(status => status.State));
    });

    private static void ForAll(Func<int, PlacementCase> generate, Action<PlacementCase> check, int cases = 1000) => Prop.ForAll(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => check(generate(seed))).Check(Config.QuickThrowOnFailure.WithMaxTest(cases));

    /// <summary>Carries plans out until nothing is left to do.</summary>
    private static PlacementCase Converge(PlacementCase one)
    {
        for (int round = 0; round < 4; round++)
        {
            PlacementPlan plan = one.Plan();
            if (plan is { NewCopies.Count: 0, NewHome: null })
            {
                return one;
            }

            one = one.Settle(plan);
        }

        throw new InvalidOperationException("The plans do not come to an end.");
    }

    private static bool CanBe(PlacementCase one, PlacementRule rule) => rule.Kind switch
    {
        PlacementRuleKind.Copies => one.Sites.Count(site => site.Matches(rule.Where) && IsAllowed(one, site)) >= rule.Copies,
        PlacementRuleKind.Home => HomeOf(one).Matches(rule.Where) || one.Sites.Any(site => IsHomeSite(one, site) && IsAllowed(one, site)),
        _ => HomeOf(one).Matches(rule.Where),
    };

    private static bool IsAllowed(PlacementCase one, PlacementSite site) =>
        OfKind(one, PlacementRuleKind.Serve).All(rule => site.Matches(rule.Where));

    private static bool IsHomeSite(PlacementCase one, PlacementSite site) =>
        OfKind(one, PlacementRuleKind.Home) is var rules && rules.Any() && rules.All(rule => site.Matches(rule.Where));

    private static IEnumerable<PlacementRule> OfKind(PlacementCase one, PlacementRuleKind kind) => one.Rules.Where(rule => rule.Kind == kind);

    private static PlacementSite HomeOf(PlacementCase one) => one.Sites.Single(site => site.Id == one.Home);

    private static IEnumerable<string> Ids(PlacementPlan plan) => plan.NewCopies.Select(chosen => chosen.SiteId).Order(StringComparer.Ordinal);

    /// <summary>Whether a site is being emptied where somebody has asked for a copy: it gets another place, whatever rules say.</summary>
    private static bool HasToReplace(PlacementCase one) => one.Copies.Any(copy => !copy.IsChosen && IsEmptied(one, copy.SiteId));

    private static bool IsEmptied(PlacementCase one, string id) =>
        one.Sites.Any(site => site.Id == id && site.Intake == SiteIntake.Draining);
}
