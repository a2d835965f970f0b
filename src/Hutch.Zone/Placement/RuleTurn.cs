using Hutch.Model.Placement;

namespace Hutch.Zone.Placement;

/// <summary>A rule about one dataset that stands in another way than was noted, or told.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Rule">The rule, and what was noted and told of it.</param>
/// <param name="Status">How it stands.</param>
/// <param name="LackingSince">Since when it is not fulfilled; null when it is.</param>
/// <param name="Told">What is told of it then.</param>
internal sealed record RuleTurn(
    PlannedDataset Dataset, RuleRecord Rule, RuleStatus Status, DateTimeOffset? LackingSince, RuleNews Told)
{
    /// <summary>For so long nothing may come before it is told.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>The same when nothing can come, as the sites are.</summary>
    public static readonly TimeSpan HopelessPatience = TimeSpan.FromHours(1);

    /// <summary>Whether somebody is told.</summary>
    public bool IsTold => Told != Rule.Told;

    /// <summary>Since when nothing has come.</summary>
    public DateTimeOffset StillSince => LackingSince > Dataset.MovedAt ? LackingSince.Value : Dataset.MovedAt ?? LackingSince!.Value;

    /// <summary>Those of a dataset. Of one that was deleted, nothing is told.</summary>
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
