using Hutch.Model.Placement;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Datasets.Replication.Placement;

/// <summary>Makes, ends and explains placement rules. Only the zone has them.</summary>
public sealed class RuleService(
    RuleRegistry rules, Placements placements, FactReader facts, TypeLibrary types, TimeProvider time)
{
    private const int AtOnce = 1000;

    /// <inheritdoc cref="RuleRegistry.AddAsync"/>
    public async Task<Result<RuleRecord>> AddAsync(Caller caller, RuleDraft wanted, CancellationToken ct) =>
        FindRefusal(wanted) is { } refusal ? refusal : await rules.AddAsync(caller, wanted, facts.OwnName, ct);

    /// <summary>Says what a rule would do, and does nothing.</summary>
    public async Task<Result<RuleEffect>> TryAsync(Caller caller, RuleDraft wanted, CancellationToken ct)
    {
        if (FindRefusal(wanted) is { } refusal
            || !(await rules.CheckAsync(caller, wanted, facts.OwnName, ct)).TryGet(out RuleScope scope, out refusal))
        {
            return refusal;
        }

        var trial = new RuleRecord(long.MaxValue, scope, wanted.Owner?.Value, wanted.Rule, wanted.Until, caller.Name, time.GetUtcNow());
        return await EvaluateAsync(trial, isTrial: true, ct);
    }

    /// <inheritdoc cref="RuleRegistry.ListAsync"/>
    public async Task<Result<IReadOnlyList<RuleRecord>>> ListAsync(Caller caller, CancellationToken ct) =>
        await rules.ListAsync(caller, ct);

    public async Task<Result<PlannedDataset>> ExplainAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        if (!(await placements.AuthorizeAsync(caller, dataset, ct)).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        IReadOnlyList<PlannedDataset> planned = await placements.PlanAsync(
            await facts.DatasetsAsync([dataset], ct), facts.Sites(), null, ct);
        return planned is [var one]
            ? await placements.MayReadAsync(caller, dataset, ct) ? one : one with { Copies = [] }
            : ErrorCode.NotFound.With($"There is no dataset {dataset}.");
    }

    public async Task<Result<RuleEffect>> StatusAsync(Caller caller, long number, CancellationToken ct)
    {
        if (!(await ListAsync(caller, ct)).TryGet(out IReadOnlyList<RuleRecord>? all, out HutchError? refusal))
        {
            return refusal;
        }

        return all.FirstOrDefault(rule => rule.Number == number) is { } found
            ? await EvaluateAsync(found, isTrial: false, ct)
            : (ErrorCode.NotFound with { Advice = "`hutch rule list` shows the rules." }).With($"There is no rule {number}.");
    }

    /// <inheritdoc cref="RuleRegistry.RemoveAsync"/>
    public async Task<Result<RuleRecord>> RemoveAsync(Caller caller, long number, CancellationToken ct) =>
        await rules.RemoveAsync(caller, number, ct);

    private async Task<RuleEffect> EvaluateAsync(RuleRecord rule, bool isTrial, CancellationToken ct)
    {
        var effect = new RuleEffect(rule, await placements.PacesAsync(ct));
        DatasetId? after = null;
        while (true)
        {
            IReadOnlyList<DatasetId> some = rule.Scope.Dataset is { } only ? [only] : await placements.NamedAsync(after, AtOnce, ct);
            IReadOnlyList<DatasetFacts> known = await facts.DatasetsAsync(some, ct);
            SiteFacts sites = facts.Sites() with { AlsoPromised = effect.Promised };
            effect.Add(await placements.PlanAsync(known, sites, isTrial ? rule : null, ct));
            if (some.Count < AtOnce)
            {
                return effect;
            }

            after = some[^1];
        }
    }

    private HutchError? FindRefusal(RuleDraft wanted) =>
        wanted.Type is { } type && types.Current.Find(type) is null
            ? (ErrorCode.NotFound with { Advice = "`hutch types` lists the types." }).With($"There is no type {Display.Quote(type)}.")
        : null;
}
