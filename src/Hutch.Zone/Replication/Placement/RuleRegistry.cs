using Hutch.Zone.Authorization;

namespace Hutch.Zone.Replication.Placement;

/// <summary>Creates and ends placement rules. <see cref="Placements"/> applies them.</summary>
public sealed class RuleRegistry
{
    public const int MaxRules = 10_000;

    /// <summary>The most rules of one account that is not an administrator.</summary>
    public const int MaxOfAccount = 1000;

    /// <summary>The number of rules reserved for administrators.</summary>
    public const int LeftForAdministrators = 1000;

    public const int MaxOfDataset = 16;

    /// <summary>The prefix of a target in the audit for a rule that is not for one dataset.</summary>
    internal const string Target = "rule:";

    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;

    internal RuleRegistry(ZoneDatabase zone, Authorizer authorizer) => (_zone, _authorizer) = (zone, authorizer);

    /// <summary>Creates a rule, or returns an equal existing one.</summary>
    public ValueTask<Result<RuleRecord>> AddAsync(Caller caller, RuleDraft wanted, string ownName, CancellationToken ct)
    {
        return _zone.ChangeAsync(
            caller.Actor, change => Check(change, caller, wanted, ownName).Then(scope => Add(change, caller, wanted, scope)), ct);
    }

    /// <summary>Returns the scope of a rule, if the caller may create it.</summary>
    public ValueTask<Result<RuleScope>> CheckAsync(Caller caller, RuleDraft wanted, string ownName, CancellationToken ct)
    {
        return _zone.ReadAsync(tables => Check(tables, caller, wanted, ownName), ct);
    }

    /// <summary>Lists all rules. For callers with the right to see the sites of the zone.</summary>
    public async ValueTask<Result<IReadOnlyList<RuleRecord>>> ListAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.RulesRead);
        return allowed.IsOk
            ? Result<IReadOnlyList<RuleRecord>>.Ok(await _zone.ReadAsync(static tables => tables.Rules.List(), ct))
            : allowed.Error;
    }

    /// <summary>Ends a rule, for callers with the right to create it. Copies that only this rule wants are released.</summary>
    public ValueTask<Result<RuleRecord>> RemoveAsync(Caller caller, long number, CancellationToken ct)
    {
        return _zone.ChangeAsync(caller.Actor, change => Remove(change, caller, number), ct);
    }

    private Result<RuleRecord> Remove(ZoneChange change, Caller caller, long number)
    {
        HutchError unknown = (ErrorCode.NotFound with { Advice = "`hutch rule list` shows the rules." }).With(
            $"There is no rule {number} that you can see.");
        if (change.Rules.Find(number) is not { } rule)
        {
            Result<Done> mayKnow = Authorizer.Authorize(caller, Operation.RulesChange);
            return mayKnow.IsOk || mayKnow.Error.Code != ErrorCode.Unauthenticated ? unknown : mayKnow.Error;
        }

        HutchError? refusal = rule.Scope.Dataset is { } dataset
            ? _authorizer.Authorize(change, caller, dataset, Operation.RuleChange).Error
            : Authorizer.Authorize(caller, Operation.RulesChange).Error;
        if (refusal is not null)
        {
            return refusal.Code == ErrorCode.NotFound ? unknown : refusal;
        }

        End(change, rule, "ended");
        return rule;
    }

    internal static void End(ZoneChange change, RuleRecord rule, string what)
    {
        change.Rules.End(rule.Number);
        SendAgain(change, rule);
        Audit(change, rule, what);
    }

    private Result<RuleRecord> Add(ZoneChange change, Caller caller, RuleDraft wanted, RuleScope scope)
    {
        if (wanted.Until <= _zone.Time.GetUtcNow())
        {
            return ErrorCode.Unprocessable.With("The rule would have ended already: give a time in the future.");
        }

        IReadOnlyList<RuleRecord> near = scope.Dataset is { } dataset ? change.Rules.OfDataset(dataset) : change.Rules.Wide();
        RuleRecord? same = near.FirstOrDefault(
            rule => rule.Scope == scope && rule.Rule == wanted.Rule && rule.Until == wanted.Until);
        if (same is null)
        {
            if (scope.Dataset is not null && near.Count >= MaxOfDataset)
            {
                return ErrorCode.Unprocessable.With($"A dataset can have at most {MaxOfDataset} rules of its own; remove one first.");
            }

            if (CheckLimit(change, caller) is { } tooMany)
            {
                return tooMany;
            }
        }

        RuleRecord made = same ?? change.Rules.Add(scope, wanted.Rule, wanted.Until, caller.Name);
        if (same is null)
        {
            SendAgain(change, made);
        }

        Audit(change, made, same is null ? "made" : "asked for again");
        return made;
    }

    /// <summary>
    /// Returns the reason why the caller may not create another rule, so that no account can use up the rules of the zone.
    /// </summary>
    private static HutchError? CheckLimit(ZoneTables tables, Caller caller)
    {
        bool isAdministrator = Authorizer.Authorize(caller, Operation.RulesChange).IsOk;
        return !isAdministrator && tables.Rules.CountBy(caller.Name) >= MaxOfAccount
                ? ErrorCode.Unprocessable.With($"An account can have made at most {MaxOfAccount} rules; remove one first.")
            : tables.Rules.Count() >= (isAdministrator ? MaxRules : MaxRules - LeftForAdministrators)
                ? ErrorCode.Unprocessable.With(
                    $"A zone can have at most {MaxRules} rules, of which the last {LeftForAdministrators} are for administrators; remove "
                    + "one first.")
            : null;
    }

    private Result<RuleScope> Check(ZoneTables tables, Caller caller, RuleDraft wanted, string ownName) =>
        Scope(tables, caller, wanted).Then(
            scope => CheckServeRule(tables, wanted, scope, ownName) is { } refusal ? (Result<RuleScope>)refusal : scope);

    private Result<RuleScope> Scope(ZoneTables tables, Caller caller, RuleDraft wanted)
    {
        if (wanted.Dataset is { } dataset)
        {
            return _authorizer.Authorize(tables, caller, dataset, Operation.RuleChange).Then<RuleScope>(_ => RuleScope.From(dataset));
        }

        Result<Done> allowed = Authorizer.Authorize(caller, Operation.RulesChange);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (wanted.Type is { } type)
        {
            return RuleScope.OfType(type);
        }

        if (wanted.Owner is not { } owner)
        {
            return RuleScope.All;
        }

        if (tables.Principals.Find(owner.Value) is { } principal)
        {
            return RuleScope.From(principal.Id);
        }

        return ErrorCode.NotFound.With($"There is no user or group {Display.Quote(owner.Value)}.");
    }

    /// <summary>Refuses a rule for serving that excludes the zone's own site, which knows all datasets, or the dataset's home.</summary>
    private static HutchError? CheckServeRule(ZoneTables tables, RuleDraft wanted, RuleScope scope, string ownName)
    {
        if (wanted.Rule.Kind != PlacementRuleKind.Serve)
        {
            return null;
        }

        HomeRecord? of = scope.Dataset is { } dataset ? tables.Names.Find(dataset)?.Home : null;
        if (!ServingBounds.IsMeant(wanted.Rule, ownName, tables.Sites.OwnLabels()))
        {
            return LeavesOut(ownName, "the zone's own site");
        }

        if (FindLeftOut(tables, wanted.Rule, of?.SiteId) is { } home)
        {
            return LeavesOut(home, "the home of the dataset");
        }

        return FindLeftOut(tables, wanted.Rule, of?.NextId) is { } next ? LeavesOut(next, "to be the home of the dataset") : null;

        HutchError LeavesOut(string site, string what) => (ErrorCode.Conflict with { Advice = "Nothing was changed." }).With(
            $"'{wanted.Rule}' leaves out {site}, which is {what} and has to know it. Name it too, as in "
            + $"'serve where {wanted.Rule.Where} | site={site}', or label it.");
    }

    private static string? FindLeftOut(ZoneTables tables, PlacementRule rule, string? siteId) =>
        siteId is not null && tables.Sites.Find(siteId) is { } site && !ServingBounds.IsMeant(rule, site.Name, site.Labels)
            ? site.Name
            : null;

    /// <summary>Sends rows of the feed again, because the rules for serving decide about the datasets that sites may know.</summary>
    private static void SendAgain(ZoneChange change, RuleRecord rule)
    {
        if (rule.Rule.Kind == PlacementRuleKind.Serve)
        {
            change.Feed.SendAgain(rule.Scope);
        }
    }

    /// <summary>Returns the rule of a line of the audit, unless it is for one dataset; null for none, or for an ended one.</summary>
    internal static RuleRecord? FindIn(ZoneTables tables, AuditRecord line) =>
        line.Target is { } target && target.StartsWith(Target, StringComparison.Ordinal)
        && long.TryParse(target.AsSpan(Target.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? tables.Rules.Find(number)
            : null;

    /// <summary>Adds an audit line. A dataset as target invalidates its caches; with a rule, its scope's datasets are planned.</summary>
    private static void Audit(ZoneChange change, RuleRecord rule, string what) => change.AddAudit(
        Operation.RuleChange.Name, rule.Scope.Dataset is { } dataset ? "dataset:" + dataset : Target + rule.Number,
        $"rule {rule.Number} {what}: {rule.Rule}");
}
