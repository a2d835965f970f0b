namespace Hutch.Zone.Replication.Placement;

/// <param name="LackingSince">The time when it ceased to be fulfilled; null when it is.</param>
internal sealed record RuleStateChange(
    PlannedDataset Dataset, RuleRecord Rule, RuleStatus Status, DateTimeOffset? LackingSince, RuleNotificationKind Notification)
{
    /// <summary>The time without progress before a notice.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromDays(1);

    /// <summary>The time before a notice when no progress is possible in the current state of the sites.</summary>
    public static readonly TimeSpan ImpossibleAfter = TimeSpan.FromHours(1);

    public bool IsNotified => Notification != Rule.Told;

    public DateTimeOffset StillSince => LackingSince > Dataset.MovedAt ? LackingSince.Value : Dataset.MovedAt ?? LackingSince!.Value;

    public static IEnumerable<RuleStateChange> FindChanges(PlannedDataset dataset, DateTimeOffset now) => dataset.Name.Home.IsOver
        ? []
        : dataset.Rules.Zip(dataset.Plan.Rules, (rule, status) => FindChanges(dataset, rule, status, now)).OfType<RuleStateChange>();

    private static RuleStateChange? FindChanges(PlannedDataset dataset, RuleRecord rule, RuleStatus status, DateTimeOffset now)
    {
        if (rule.Scope.Dataset is null || rule.Rule.Kind != PlacementRuleKind.Copies)
        {
            return null;
        }

        if (status.State == RuleState.Fulfilled)
        {
            return rule is { LackingSince: null, Told: RuleNotificationKind.Whole }
                ? null
                : new RuleStateChange(dataset, rule, status, null, RuleNotificationKind.Whole);
        }

        var lacks = new RuleStateChange(dataset, rule, status, rule.LackingSince ?? now, rule.Told);
        TimeSpan timeout = status.State == RuleState.Impossible ? ImpossibleAfter : StuckAfter;
        return rule.LackingSince is null ? lacks
            : rule.Told != RuleNotificationKind.Stuck && now - lacks.StillSince >= timeout
                ? lacks with { Notification = RuleNotificationKind.Stuck }
            : null;
    }
}
