using Hutch.Model.Placement;

namespace Hutch.Zone.Replication.Placement;

/// <summary>A change in the state of a rule for one dataset, compared with the stored or reported state.</summary>
/// <param name="Rule">The rule with its stored and reported state.</param>
/// <param name="LackingSince">The time when it ceased to be fulfilled; null when it is.</param>
/// <param name="Told">The news to report.</param>
internal sealed record RuleTurn(
    PlannedDataset Dataset, RuleRecord Rule, RuleStatus Status, DateTimeOffset? LackingSince, RuleNews Told)
{
    /// <summary>The time without progress before a notice.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>The time before a notice when no progress is possible in the current state of the sites.</summary>
    public static readonly TimeSpan HopelessPatience = TimeSpan.FromHours(1);

    /// <summary>True if the requester gets a notice.</summary>
    public bool IsTold => Told != Rule.Told;

    /// <summary>The time of the last progress.</summary>
    public DateTimeOffset StillSince => LackingSince > Dataset.MovedAt ? LackingSince.Value : Dataset.MovedAt ?? LackingSince!.Value;

    /// <summary>Returns the changes of a dataset's rules; none for a deleted dataset.</summary>
    public static IEnumerable<RuleTurn> Of(PlannedDataset dataset, DateTimeOffset now) => dataset.Name.Home.IsOver
        ? []
        : dataset.Rules.Zip(dataset.Plan.Rules, (rule, status) => Of(dataset, rule, status, now)).OfType<RuleTurn>();

    private static RuleTurn? Of(PlannedDataset dataset, RuleRecord rule, RuleStatus status, DateTimeOffset now)
    {
        if (rule.Scope.Dataset is null || rule.Rule.Kind != PlacementRuleKind.Copies)
        {
            return null;
        }

        if (status.State == RuleState.Fulfilled)
        {
            return rule is { LackingSince: null, Told: RuleNews.Whole }
                ? null
                : new RuleTurn(dataset, rule, status, null, RuleNews.Whole);
        }

        var lacks = new RuleTurn(dataset, rule, status, rule.LackingSince ?? now, rule.Told);
        TimeSpan patience = status.State == RuleState.Impossible ? HopelessPatience : Patience;
        return rule.LackingSince is null ? lacks
            : rule.Told != RuleNews.Stuck && now - lacks.StillSince >= patience ? lacks with { Told = RuleNews.Stuck }
            : null;
    }
}
