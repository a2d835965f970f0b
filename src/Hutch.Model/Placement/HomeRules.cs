namespace Hutch.Model.Placement;

/// <summary>
/// Evaluates the rules for the home of a dataset. The home must be a site that all of them match. A new home gets a copy first, and then
/// becomes the home. A home that all rules match stays.
/// </summary>
internal sealed class HomeRules
{
    private readonly SiteEligibility? _home;
    private readonly CopyRequirement? _requirement;

    /// <summary>Evaluates the rules for the sites' states before any site is chosen.</summary>
    public HomeRules(IEnumerable<PlacementRule> rules, SiteEligibility[] standings)
    {
        PlacementRule[] homes = [.. rules.Where(static rule => rule.Kind == PlacementRuleKind.Home)];
        _home = Array.Find(standings, static eligibility => eligibility.IsHome);
        if (Array.Find(homes, rule => !IsMet(rule)) is { } unmet)
        {
            _requirement = new CopyRequirement(
                unmet, 1,
                standings.Where(eligibility => Array.TrueForAll(homes, rule => eligibility.Site.Matches(rule.Where))).Select(AsHome));
        }
    }

    /// <summary>The need for a copy at a possible home; none if the home already matches.</summary>
    public IEnumerable<CopyRequirement> Needs => _requirement is null ? [] : [_requirement];

    /// <summary>The site to which the home can move now; null for none. The old home must be connected to release it.</summary>
    public SiteReason? NewHome => _home is { Site.AwaySince: null }
        && _requirement?.Sites.FirstOrDefault(static eligibility => eligibility.Kind == EligibilityKind.Whole) is { } next
        ? new SiteReason(next.Site.Id, next.Site.Name, $"has a copy, and is meant by '{_requirement.Rule}'")
        : null;

    public RuleStatus StatusOf(PlacementRule rule)
    {
        if (IsMet(rule))
        {
            return new RuleStatus(rule, RuleState.Fulfilled, $"{_home!.Site.Name} is the home.", []);
        }

        RuleStatus status = _requirement!.ToStatus();
        bool hasCopy = status.State is RuleState.Fulfilled or RuleState.Degraded;
        string summary = this switch
        {
            { NewHome: { } next } => $"The home is to move to {next.SiteName}.",
            _ when status.State == RuleState.Impossible => "No site that can be the home can have a copy, as the sites and rules are now.",
            _ when hasCopy => "The old or the new home is away.",
            _ => "A copy comes first, then the home moves.",
        };
        return status with { Rule = rule, State = hasCopy ? RuleState.Pending : status.State, Summary = summary };
    }

    private static SiteEligibility AsHome(SiteEligibility eligibility) => eligibility.CanBeHome
        || eligibility.Kind == EligibilityKind.Excluded
        ? eligibility
        : eligibility with
        {
            Kind = EligibilityKind.Barred,
            Reason = "takes nothing new, so that it cannot be the home",
        };

    private bool IsMet(PlacementRule rule) => _home is not null && _home.Site.Matches(rule.Where);
}
