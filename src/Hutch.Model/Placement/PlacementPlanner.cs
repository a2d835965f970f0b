using System.Numerics;
using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

/// <summary>
/// Chooses the sites that get copies of a dataset. Existing copies and copies in progress stay: a better site does not change a choice. A
/// site that is away for less than a day is not replaced. Equal inputs give equal plans.
/// </summary>
public static class PlacementPlanner
{
    /// <param name="sites">The sites of the zone, including the home.</param>
    public static PlacementPlan Plan(
        PlacedDataset dataset, IReadOnlyList<PlacementRule> rules, IReadOnlyList<PlacementSite> sites, DateTimeOffset now)
    {
        SiteEligibility[] standings =
        [
            .. sites.OrderBy(static site => site.Id, StringComparer.Ordinal).Select(
                site => SiteEligibility.Evaluate(site, dataset, rules, now)),
        ];
        if (dataset.IsReproducedOnly)
        {
            return PlanReproducedOnly(rules, dataset, standings);
        }

        Dictionary<PlacementRule, CopyRequirement> needs = rules.Where(static rule => rule.Kind == PlacementRuleKind.Copies).Distinct()
            .ToDictionary(
                static rule => rule,
                rule => new CopyRequirement(rule, rule.Copies, standings.Where(eligibility => eligibility.Site.Matches(rule.Where))));
        var home = new HomeRules(rules, standings);
        CopyRequirement? replacement = Replace(dataset, standings);
        CopyRequirement[] all = [.. needs.Values, .. home.Needs, .. replacement is null ? [] : new[] { replacement }];
        List<SiteReason> chosen = Choose(all, standings);
        List<SiteReason> released = chosen.Count > 0 ? [] : Release(all, standings, dataset);
        return new PlacementPlan(
            chosen,
            home.NewHome,
            [.. rules.Select(rule => rule.Kind switch
            {
                PlacementRuleKind.Copies => needs[rule].ToStatus(),
                PlacementRuleKind.Home => home.StatusOf(rule),
                _ => ServeRules.StatusOf(rule, dataset, standings),
            })])
        {
            Released = released,
            InPlaceOfAsked = replacement is null ? [] : [.. Describe(replacement, released, dataset)],
        };
    }

    /// <summary>
    /// There are no bytes to copy, and the home is the only site that can get them back: nothing is chosen, moved or released.
    /// </summary>
    private static PlacementPlan PlanReproducedOnly(
        IReadOnlyList<PlacementRule> rules, PlacedDataset dataset, SiteEligibility[] standings) => new(
        [],
        null,
        [
            .. rules.Select(rule => rule.Kind switch
            {
                PlacementRuleKind.Copies => CopyRequirement.ForReproducedOnly(rule),
                PlacementRuleKind.Serve => ServeRules.StatusOf(rule, dataset, standings),
                _ => Array.Exists(standings, eligibility => eligibility.IsHome && eligibility.Site.Matches(rule.Where))
                    ? new RuleStatus(rule, RuleState.Fulfilled, "The home matches.", [])
                    : new RuleStatus(rule, RuleState.Impossible, "Its bytes are evicted, so that its home cannot move.", []),
            }),
        ]);

    /// <summary>
    /// The need to replace copies that users requested at draining sites by the same number at other sites. The home does not count, and
    /// neither do copies that users requested at those sites. Null for none.
    /// </summary>
    private static CopyRequirement? Replace(PlacedDataset dataset, SiteEligibility[] standings)
    {
        SiteEligibility[] left =
        [
            .. standings.Where(eligibility => IsDraining(eligibility) && dataset.CopyAt(eligibility.Site.Id) is { IsChosen: false }),
        ];
        if (left.Length == 0)
        {
            return null;
        }

        SiteEligibility[] others =
        [
            .. standings.Where(eligibility => !eligibility.IsHome && !IsDraining(eligibility)
                && dataset.CopyAt(eligibility.Site.Id) is not { IsChosen: false }),
        ];
        string where = string.Join(" & ", left.Select(static one => "site!=" + one.Site.Name));
        return new CopyRequirement(PlacementRule.Parse("1 copy where " + where).Value, left.Length, others);
    }

    /// <summary>The copies that a rule had chosen and that from now on replace copies that a user had requested.</summary>
    private static IEnumerable<string> Describe(CopyRequirement replacement, List<SiteReason> released, PlacedDataset dataset) =>
        replacement.Sites
            .Where(site => site.Kind == EligibilityKind.Whole && dataset.CopyAt(site.Site.Id) is { IsChosen: true }
                && released.All(one => one.SiteId != site.Site.Id))
            .Select(static site => site.Site.Id)
            .Take(released.Count(one => dataset.CopyAt(one.SiteId) is { IsChosen: false }));

    private static bool IsDraining(SiteEligibility eligibility) => eligibility is { IsHome: false, Site.Intake: SiteIntake.Draining };

    /// <summary>
    /// Releases copies that rules chose and no rule needs. The home and, for every rule, enough other copies must be complete and
    /// connected. The order is: copies that match no rule, then those with the least useful state, then the newest.
    /// </summary>
    private static List<SiteReason> Release(CopyRequirement[] needs, SiteEligibility[] standings, PlacedDataset dataset)
    {
        List<SiteEligibility> released = [];
        if (!standings.Any(static eligibility => eligibility is { IsHome: true, Kind: EligibilityKind.Whole }))
        {
            return [];
        }

        foreach ((SiteEligibility eligibility, _) in standings
            .Select(eligibility => (Standing: eligibility, Copy: dataset.CopyAt(eligibility.Site.Id)))
            .Where(static one => one is { Copy: not null, Standing: { IsHome: false, Kind: not EligibilityKind.Excluded } }
                && one.Copy.HeldAt is null && (one.Copy.IsChosen || IsDraining(one.Standing)))
            .OrderBy(one => needs.Any(requirement => requirement.Sites.Contains(one.Standing)))
            .ThenByDescending(static one => one.Standing.Kind)
            .ThenByDescending(static one => one.Copy!.AskedAt)
            .ThenBy(static one => one.Standing.Site.Id, StringComparer.Ordinal))
        {
            SiteEligibility[] without = [.. released, eligibility];
            if (needs.All(requirement => requirement.IsMetWithout(without)))
            {
                released.Add(eligibility);
            }
        }

        return
        [
            .. released.Select(eligibility => new SiteReason(
                eligibility.Site.Id, eligibility.Site.Name,
                IsDraining(eligibility) ? "was released, as it is being emptied"
                : needs.Any(requirement => requirement.Sites.Contains(eligibility))
                    ? "was released, as enough other sites have a copy" : "was released, as no rule wants a copy there")),
        ];
    }

    /// <summary>
    /// Chooses one site at a time: the site that helps most rules, so that one copy serves several; then the site with most free space, to
    /// a factor of two; then the site whose labels differ most from those of the sites with the dataset, so that no accident affects all;
    /// then the first by id.
    /// </summary>
    private static List<SiteReason> Choose(CopyRequirement[] needs, SiteEligibility[] standings)
    {
        List<SiteReason> chosen = [];
        List<SiteEligibility> free = [.. standings.Where(static eligibility => eligibility.Kind == EligibilityKind.Able)];
        List<PlacementSite> holders = [.. standings.Where(static eligibility => eligibility.Counts).Select(
            static eligibility => eligibility.Site)];
        while (free.Where(site => needs.Any(requirement => requirement.Wants(site)))
            .OrderByDescending(site => needs.Count(requirement => requirement.Wants(site)))
            .ThenByDescending(static site => BitOperations.Log2((ulong)site.Site.AvailableBytes))
            .ThenByDescending(site => Nearest(site.Site, holders)?.Differences.Count)
            .FirstOrDefault() is { } best)
        {
            CopyRequirement[] helped = [.. needs.Where(requirement => requirement.Wants(best))];
            chosen.Add(new SiteReason(best.Site.Id, best.Site.Name, ExplainChoice(best.Site, helped, Nearest(best.Site, holders))));
            Array.ForEach(needs, requirement => requirement.Add(best));
            free.Remove(best);
            holders.Add(best.Site);
        }

        return chosen;
    }

    /// <summary>The site with the dataset whose labels differ least; null if there is none.</summary>
    private static Neighbour? Nearest(PlacementSite site, IEnumerable<PlacementSite> holders) => holders
        .Select(holder => new Neighbour(holder, site.DifferencesFrom(holder)))
        .MinBy(static neighbour => neighbour.Differences.Count);

    private static string ExplainChoice(PlacementSite site, IEnumerable<CopyRequirement> helped, Neighbour? nearest)
    {
        string rules = string.Join(" and ", helped.Select(static requirement => $"'{requirement.Rule}'").Distinct());
        string unlike = nearest is { Differences.Count: > 0 }
            ? $", and differs from {nearest.Site.Name} in {string.Join(", ", nearest.Differences)}"
            : "";
        return $"was chosen for {rules}: it has room for {Display.Bytes(site.AvailableBytes)}{unlike}";
    }

    /// <summary>A site with the dataset, and the labels in which another site differs from it.</summary>
    private sealed record Neighbour(PlacementSite Site, IReadOnlyList<string> Differences);
}
