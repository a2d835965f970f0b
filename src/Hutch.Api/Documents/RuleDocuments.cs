using Hutch.Datasets.Replication.Placement;
using Hutch.Model.Placement;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Api.Documents;

internal static class RuleDocuments
{
    /// <summary>The longest duration that is returned, a thousand years: readers calculate with the value.</summary>
    private const double MaxSeconds = 1000d * 365 * 24 * 3600;

    public static RuleInfo From(RuleRecord rule) => new()
    {
        Number = rule.Number == long.MaxValue ? 0 : rule.Number,
        Rule = rule.Rule.ToString(),
        Scope = rule.Scope.Kind switch
        {
            RuleScopeKind.Dataset => "dataset",
            RuleScopeKind.Type => "type",
            RuleScopeKind.Owner => "owner",
            _ => "all",
        },
        Subject = rule.Scope.Kind == RuleScopeKind.All ? null : rule.Owner ?? rule.Scope.Subject,
        Until = rule.Until,
        CreatedBy = rule.CreatedBy,
        Created = rule.CreatedAt,
    };

    public static RuleList From(IReadOnlyList<RuleRecord> rules) => new() { Items = [.. rules.Select(From)] };

    public static DatasetRules From(PlannedDataset planned) => new()
    {
        Dataset = planned.Name.Dataset,
        Name = planned.Name.FullName,
        Items = [.. planned.Rules.Zip(planned.Plan.Rules, (rule, status) => From(planned, rule, status))],
    };

    public static RuleEffectInfo From(RuleEffect effect) => new()
    {
        Rule = From(effect.Rule),
        Datasets = effect.Datasets,
        Fulfilled = effect.Count(RuleState.Fulfilled),
        Pending = effect.Count(RuleState.Pending),
        Degraded = effect.Count(RuleState.Degraded),
        Impossible = effect.Count(RuleState.Impossible),
        Copies =
        [
            .. effect.Sites.Select(static one => new RuleCopies
            {
                Site = one.Key,
                Copies = one.Value.Copies,
                Bytes = one.Value.Bytes,
                Seconds = Seconds(one.Value.Seconds),
            }),
        ],
        Open =
        [
            .. effect.Open.Select(static one => new OpenRule
            {
                Dataset = one.Dataset.Name.Dataset,
                Name = one.Dataset.Name.FullName,
                State = From(one.Status.State),
                Summary = one.Status.Summary,
            }),
        ],
    };

    private static RuleStanding From(PlannedDataset planned, RuleRecord rule, RuleStatus status) => new()
    {
        Rule = From(rule),
        State = From(status.State),
        Summary = status.Summary,
        SecondsLeft = Seconds(status.Left?.TotalSeconds),
        Sites =
        [
            .. status.Sites.Select(site => new RuleSite
            {
                Site = site.SiteName,
                Reason = site.Reason,
                Failures = planned.FailuresAt(site.SiteId),
            }),
        ],
    };

    private static long? Seconds(double? seconds) => seconds is { } some ? (long)Math.Ceiling(Math.Min(some, MaxSeconds)) : null;

    private static string From(RuleState state) => state switch
    {
        RuleState.Fulfilled => "fulfilled",
        RuleState.Pending => "pending",
        RuleState.Degraded => "degraded",
        _ => "impossible",
    };
}
