namespace Hutch.Model.Placement;

/// <summary>The actions for a dataset, and the status of its rules. A plan that adds copies removes none.</summary>
/// <param name="NewHome">The site to which the home can move now because it has a complete copy; null for none.</param>
/// <param name="Rules">The status of each rule, in the order of the input.</param>
public sealed record PlacementPlan(
    IReadOnlyList<SiteReason> NewCopies, SiteReason? NewHome, IReadOnlyList<RuleStatus> Rules)
{
    /// <summary>The sites whose copies, which rules chose, can be released.</summary>
    public IReadOnlyList<SiteReason> Released { get; init; } = [];

    /// <summary>
    /// The ids of sites whose copies replace released copies that a user had requested. They stay regardless of the rules.
    /// </summary>
    public IReadOnlyList<string> InPlaceOfAsked { get; init; } = [];
}

/// <summary>A site, and the reason for its choice or its state for a rule.</summary>
/// <param name="Reason">The reason, as a phrase after the site's name: <c>has a copy</c>.</param>
public sealed record SiteReason(string SiteId, string SiteName, string Reason)
{
    public override string ToString() => $"{SiteName} {Reason}";
}

/// <param name="Sites">The sites that the rule affects, with the state of each, ordered by id.</param>
public sealed record RuleStatus(PlacementRule Rule, RuleState State, string Summary, IReadOnlyList<SiteReason> Sites)
{
    /// <summary>The estimated time until it is fulfilled, from the current rate of its copies; null if unknown.</summary>
    public TimeSpan? Left { get; init; }
}

public enum RuleState
{
    Fulfilled,

    /// <summary>The rule will be fulfilled automatically: copies are in progress, or suitable sites are away.</summary>
    Pending,

    /// <summary>
    /// The rule was fulfilled, but sites with copies are away or do not follow the home; or, for <c>serve</c>, an excluded site has a copy.
    /// </summary>
    Degraded,

    /// <summary>The rule cannot be fulfilled with the current sites and rules.</summary>
    Impossible,
}
