namespace Hutch.Model.Placement;

/// <summary>What is to be done for a dataset, and how its rules stand. A plan that adds copies takes none away.</summary>
/// <param name="NewCopies">The sites that are to be asked for a copy.</param>
/// <param name="NewHome">The site to which the home can move now, as it has a whole copy; null for none.</param>
/// <param name="Rules">How each rule stands, in the order in which they were given.</param>
public sealed record PlacementPlan(
    IReadOnlyList<SiteReason> NewCopies, SiteReason? NewHome, IReadOnlyList<RuleStatus> Rules)
{
    /// <summary>The sites that need not have their copies any more, which rules chose.</summary>
    public IReadOnlyList<SiteReason> Released { get; init; } = [];

    /// <summary>
    /// The ids of sites whose copies take the place of released ones that somebody had asked for: they keep them, whatever rules say.
    /// </summary>
    public IReadOnlyList<string> InPlaceOfAsked { get; init; } = [];
}

/// <summary>A site, and why it was chosen or how it stands to a rule.</summary>
/// <param name="SiteId">Its id in the zone.</param>
/// <param name="Reason">Why, in words that continue the name: <c>has a copy</c>.</param>
public sealed record SiteReason(string SiteId, string SiteName, string Reason)
{
    public override string ToString() => $"{SiteName} {Reason}";
}

/// <summary>How a rule stands.</summary>
/// <param name="State">Whether it is fulfilled.</param>
/// <param name="Summary">The reason, in a sentence.</param>
/// <param name="Sites">The sites that the rule is about, and how each stands to it, by their ids.</param>
public sealed record RuleStatus(PlacementRule Rule, RuleState State, string Summary, IReadOnlyList<SiteReason> Sites)
{
    /// <summary>How long it takes until it is fulfilled, as fast as its copies come now; null when nobody knows.</summary>
    public TimeSpan? Left { get; init; }
}

/// <summary>Whether a rule is fulfilled.</summary>
public enum RuleState
{
    /// <summary>It is.</summary>
    Fulfilled,

    /// <summary>It will be by itself: copies come, or sites that can have them are away.</summary>
    Pending,

    /// <summary>
    /// It was, but sites that have copies are away or do not follow the home or, for <c>serve</c>, a site has a copy that should have none.
    /// </summary>
    Degraded,

    /// <summary>It cannot be, as the sites and the rules are now.</summary>
    Impossible,
}
