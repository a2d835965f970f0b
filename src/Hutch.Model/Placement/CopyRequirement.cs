namespace Hutch.Model.Placement;

/// <summary>The need of a rule for a number of copies at matching sites.</summary>
internal sealed class CopyRequirement
{
    private readonly List<SiteEligibility> _chosen = [];

    public CopyRequirement(PlacementRule rule, int copies, IEnumerable<SiteEligibility> sites) =>
        (Rule, Copies, Sites) = (rule, copies, [.. sites]);

    public PlacementRule Rule { get; }

    public int Copies { get; }

    public IReadOnlyList<SiteEligibility> Sites { get; }

    /// <summary>True if another site must be chosen.</summary>
    public bool Lacks => Sites.Count(static site => site.Counts) + _chosen.Count < Copies;

    /// <summary>Returns true if enough complete copies are at connected sites, not counting some of them.</summary>
    public bool IsMetWithout(IReadOnlyCollection<SiteEligibility> some) =>
        Sites.Count(site => site.Kind == EligibilityKind.Whole && !some.Contains(site)) >= Copies;

    /// <summary>Returns true if another site must be chosen, and this site matches.</summary>
    public bool Wants(SiteEligibility site) => Lacks && Sites.Contains(site);

    public void Add(SiteEligibility site)
    {
        if (Sites.Contains(site))
        {
            _chosen.Add(site);
        }
    }

    /// <summary>Evaluates a rule for a dataset whose bytes no site has, as a program computes them again.</summary>
    public static RuleStatus ForReproducedOnly(PlacementRule rule) => rule.ProofDays is not null
        ? new RuleStatus(rule, RuleState.Fulfilled, "Its bytes are evicted; the program that made them computes them again.", [])
        : new RuleStatus(
            rule, RuleState.Degraded, "Its bytes are evicted, so that no site can copy them. A rerun with --restore brings them back.", []);

    public RuleStatus ToStatus()
    {
        int whole = Count(EligibilityKind.Whole);
        int withWaiting = whole + Count(EligibilityKind.Waiting);
        int underWay = withWaiting + Count(EligibilityKind.Coming) + _chosen.Count;
        int withOld = Count(EligibilityKind.Gone) + Count(EligibilityKind.Stale);
        int withAway = underWay + withOld + Count(EligibilityKind.Absent);
        RuleState state = StateOf(whole, withWaiting, underWay, withAway, withOld);
        TimeSpan? left = state == RuleState.Pending ? TimeLeft(Copies - withWaiting) : null;
        return new RuleStatus(Rule, state, Summary(whole, underWay, withAway, state, left), [.. Sites.Select(Reason)]) { Left = left };
    }

    private RuleState StateOf(int whole, int withWaiting, int underWay, int withAway, int withOld)
    {
        if (whole >= Copies)
        {
            return RuleState.Fulfilled;
        }

        if (withWaiting >= Copies)
        {
            return RuleState.Degraded;
        }

        if (underWay >= Copies)
        {
            return RuleState.Pending;
        }

        if (withAway < Copies)
        {
            return RuleState.Impossible;
        }

        return withOld > 0 ? RuleState.Degraded : RuleState.Pending;
    }

    /// <summary>The time until a number of further copies is complete; null if it is not known for that many.</summary>
    private TimeSpan? TimeLeft(int lacking)
    {
        TimeSpan[] known = [.. Sites.Select(static site => site.Left).OfType<TimeSpan>().Order()];
        return lacking > 0 && known.Length >= lacking ? known[lacking - 1] : null;
    }

    private string Summary(int whole, int underWay, int withAway, RuleState state, TimeSpan? left)
    {
        string there = $"{whole} of {Copies} {(Copies == 1 ? "copy" : "copies")} {(whole == 1 || Copies == 1 ? "is" : "are")} there";
        return state switch
        {
            RuleState.Fulfilled => $"{there}.",
            RuleState.Impossible when Sites.Count == 0 => $"{there}: no site matches '{Rule.Where}'.",
            RuleState.Impossible => $"{there}, and no more than {withAway} can be, as the sites are now.",
            RuleState.Degraded when Sites.Any(static site => site.LagsBehind) => $"{there}: sites that have one do not follow the home.",
            RuleState.Degraded => $"{there}: sites that have one are away.",
            _ when underWay < Copies => $"{there}: sites that could have one are away.",
            _ when left is { } time => $"{there}, and the rest is on its way: about {Display.Duration(time)}, as it goes now.",
            _ => $"{there}, and the rest is on its way.",
        };
    }

    private int Count(EligibilityKind kind) => Sites.Count(site => site.Kind == kind);

    private SiteReason Reason(SiteEligibility eligibility) => new(
        eligibility.Site.Id, eligibility.Site.Name, _chosen.Contains(eligibility) ? "is asked for a copy" : eligibility.Reason);
}
