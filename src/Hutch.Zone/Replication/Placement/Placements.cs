using Hutch.Zone.Authorization;

namespace Hutch.Zone.Replication.Placement;

/// <summary>
/// The consequences of the rules: requests for copies, and the state of the rules. See docs/design/federation.md (placement rules).
/// </summary>
public sealed class Placements
{
    internal const string SiteTarget = "site:";

    /// <summary>The prefix of a target in the audit for changed parents of types.</summary>
    internal const string TypesTarget = "types:";

    /// <summary>The most datasets of one owner; for more, all datasets are planned.</summary>
    private const int MaxTouched = 10_000;

    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;

    internal Placements(ZoneDatabase zone, Authorizer authorizer) => (_zone, _authorizer) = (zone, authorizer);

    /// <inheritdoc cref="ZoneDatabase.Version"/>
    public long Version => _zone.Version;

    /// <summary>True if this is a view of another zone, which alone has the rules.</summary>
    public bool AreOfAnotherZone => _zone.Joined is not null;

    /// <inheritdoc cref="ZoneDatabase.WaitForChangeAsync"/>
    public Task WaitForChangeAsync(long seen, CancellationToken ct) => _zone.WaitForChangeAsync(seen, ct);

    /// <summary>Returns true if there is a rule, a copy that may be released, or a copy whose requester may need a notice.</summary>
    public ValueTask<bool> AnyAsync(CancellationToken ct) => _zone.ReadAsync(
        static tables => tables.Rules.Any() || tables.Copies.AnyToRelease() || tables.Copies.AnyToNotify(), ct);

    public ValueTask<IReadOnlyList<SiteRecord>> SitesAsync(CancellationToken ct) =>
        _zone.ReadAsync(static tables => tables.Sites.List(), ct);

    /// <inheritdoc cref="CopyTable.Paces"/>
    public ValueTask<IReadOnlyDictionary<SitePair, double>> PacesAsync(CancellationToken ct) =>
        _zone.ReadAsync(static tables => tables.Copies.Paces(), ct);

    /// <summary>Checks whether the caller may see the rules for a dataset.</summary>
    public ValueTask<Result<Access>> AuthorizeAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        _authorizer.AuthorizeAsync(caller, dataset, Operation.RuleRead, ct);

    /// <summary>Returns true if the caller may see the paths of the dataset's files.</summary>
    public async ValueTask<bool> MayReadAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        (await _authorizer.AuthorizeAsync(caller, dataset, Operation.EntryList, ct)).IsOk;

    /// <summary>Lists all datasets in the order of ids.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> NamedAsync(DatasetId? after, int limit, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<DatasetId>>(
            tables => [.. tables.Names.ListAll(after, limit).Select(static name => name.Dataset)], ct);

    /// <summary>
    /// Lists, in the order of ids, the datasets to which rules may apply or have applied: all, unless each rule is for one dataset.
    /// </summary>
    public ValueTask<IReadOnlyList<DatasetId>> CandidatesAsync(DatasetId? after, int limit, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<DatasetId>>(
            tables => tables.Rules.Wide().Count > 0
                ? [.. tables.Names.ListAll(after, limit).Select(static name => name.Dataset)]
                : [.. tables.Rules.Datasets(after, limit).Union(tables.Copies.DatasetsToRelease(after, limit))
                    .OrderBy(static dataset => dataset.ToString(), StringComparer.Ordinal).Take(limit)],
            ct);

    /// <summary>Lists, after one, the datasets with copies that may be released once enough others are complete.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> ReleasableAsync(DatasetId? after, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Copies.DatasetsToRelease(after, limit), ct);

    /// <summary>Returns the datasets that an audit line may affect beyond its target; null for any: rules, sites, types, owners.</summary>
    public async ValueTask<IReadOnlyList<DatasetId>?> TouchedAsync(AuditRecord line, CancellationToken ct)
    {
        return !MayTouchMany(line) ? [] : await _zone.ReadAsync(tables => OwnedUnder(tables, line), ct);
    }

    private static bool MayTouchMany(AuditRecord line) => line.Target is { } target
        && (target.StartsWith(RuleRegistry.Target, StringComparison.Ordinal)
            || target.StartsWith(SiteTarget, StringComparison.Ordinal)
            || target.StartsWith(TypesTarget, StringComparison.Ordinal)
            || line.Action == Operation.UserHandOver.Name);

    /// <summary>
    /// Returns the datasets of an owner for a new rule for copies, which affects no others. The scope of an ended rule is no longer known.
    /// </summary>
    private static IReadOnlyList<DatasetId>? OwnedUnder(ZoneTables tables, AuditRecord line) =>
        RuleRegistry.FindIn(tables, line) is { Scope: { Kind: RuleScopeKind.Owner } scope, Rule.Kind: PlacementRuleKind.Copies }
        && new PrincipalId(Guid.Parse(scope.Subject)) is var owner
        && tables.Names.CountOwnedBy(owner) <= MaxTouched
            ? [.. tables.Names.OwnedBy(owner).Select(static name => name.Dataset)]
            : null;

    /// <summary>Plans datasets in sequence without changing anything. Datasets without a name are omitted.</summary>
    public ValueTask<IReadOnlyList<PlannedDataset>> PlanAsync(
        IReadOnlyCollection<DatasetFacts> datasets, SiteFacts sites, RuleRecord? trial, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<PlannedDataset>>(tables => Plan(tables, datasets, sites, trial), ct);

    /// <summary>Requests copies that rules choose and releases those that none wants. Returns plans with the rules' old state.</summary>
    public async ValueTask<IReadOnlyList<PlannedDataset>> AssignAsync(
        IReadOnlyCollection<DatasetFacts> datasets, SiteFacts sites, CancellationToken ct)
    {
        IReadOnlyList<PlannedDataset> planned = await PlanAsync(datasets, sites, null, ct);
        HashSet<DatasetId> lacking =
            [.. planned.Where(static one => one.IsToDo).Select(static one => one.Name.Dataset)];
        if (lacking.Count > 0)
        {
            // The state may have changed since: changes are planned again in the transaction that writes them.
            _ = await _zone.ChangeAsync(
                AuditActor.Server,
                change => Assign(change, Plan(change, [.. datasets.Where(one => lacking.Contains(one.Dataset))], sites, null)), ct);
        }

        return planned;
    }

    /// <summary>Ends the rules whose end has passed; false when there was none.</summary>
    public async ValueTask<bool> EndDueAsync(CancellationToken ct)
    {
        DateTimeOffset now = _zone.Time.GetUtcNow();
        if (await _zone.ReadAsync(tables => tables.Rules.EndingBy(now).Count == 0, ct))
        {
            return false;
        }

        Result<Done> ended = await _zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                IReadOnlyList<RuleRecord> due = change.Rules.EndingBy(now);
                foreach (RuleRecord rule in due)
                {
                    RuleRegistry.End(change, rule, "ended, as its time has come");
                }

                return due.Count > 0 ? Done.Value : ErrorCode.Conflict.With("Another user ended the rule.");
            },
            ct);
        return ended.IsOk;
    }

    private static Result<Done> Assign(ZoneChange change, IReadOnlyList<PlannedDataset> planned)
    {
        if (!planned.Any(static one => one.IsToDo))
        {
            return ErrorCode.Conflict.With("Another change moved these datasets.");
        }

        foreach (PlannedDataset one in planned)
        {
            foreach (SiteReason chosen in one.Plan.NewCopies)
            {
                change.Copies.Add(one.Name.Dataset, chosen.SiteId, chosen.Reason, one.Bytes, isChosen: true);
                change.AddAudit(
                    "copy.assign", "dataset:" + one.Name.Dataset, string.Create(CultureInfo.InvariantCulture, $"site {chosen}"));
            }

            foreach (string site in one.Plan.InPlaceOfAsked)
            {
                change.Copies.Add(one.Name.Dataset, site, "has it in place of a site that was emptied", null);
            }

            foreach (SiteReason released in one.Plan.Released)
            {
                change.Copies.Release(one.Name.Dataset, released.SiteId, released.Reason);
                change.AddAudit(
                    "copy.release", "dataset:" + one.Name.Dataset, string.Create(CultureInfo.InvariantCulture, $"site {released}"));
            }
        }

        return Done.Value;
    }

    private IReadOnlyList<PlannedDataset> Plan(
        ZoneTables tables, IReadOnlyCollection<DatasetFacts> datasets, SiteFacts sites, RuleRecord? trial)
    {
        var state = new PlacementState(tables, _zone, sites, trial);
        return [.. datasets.Select(one => state.Plan(one)).OfType<PlannedDataset>()];
    }
}
