namespace Hutch.Zone.Replication.Placement;

/// <summary>A state of the zone for a sequence of plans: each plan reduces the space for the next.</summary>
internal sealed class PlacementState
{
    private readonly ZoneTables _tables;
    private readonly SiteFacts _facts;
    private readonly string _zoneId;
    private readonly DateTimeOffset _now;
    private readonly IReadOnlyList<SiteRecord> _sites;
    private readonly RulesByScope _wide;
    private readonly RulesByScope _trial;
    private readonly SiteTerms _ownTerms;
    private readonly HashSet<string> _draining;
    private readonly Dictionary<string, long> _promised = new(StringComparer.Ordinal);

    public PlacementState(ZoneTables tables, ZoneDatabase zone, SiteFacts facts, RuleRecord? trial)
    {
        (_tables, _zoneId, _facts, _now) = (tables, zone.Id, facts, zone.Time.GetUtcNow());
        _sites = tables.Sites.List();
        _draining =
        [
            .. _sites.Where(static site => site.Terms.Intake == SiteIntake.Draining).Select(static site => site.Id),
        ];
        _wide = new RulesByScope(tables.Rules.Wide());
        _ownTerms = tables.Sites.OwnTerms();
        _trial = new RulesByScope(trial is null ? [] : [trial]);
        foreach (ReservedBytes promise in tables.Copies.Promised())
        {
            Promise(promise.SiteId, promise.Bytes);
        }

        foreach ((string siteId, long bytes) in facts.AlsoPromised ?? new Dictionary<string, long>())
        {
            Promise(siteId, bytes);
        }
    }

    /// <summary>Returns the plan for a dataset; null for a dataset without a name or in creation.</summary>
    public PlannedDataset? Plan(DatasetFacts of)
    {
        if (_tables.Names.Find(of.Dataset) is not { } name || (of.Bytes is null && name.Home.SiteId == _zoneId))
        {
            return null;
        }

        IReadOnlyList<CopyRecord> copies = _tables.Copies.OfDataset(of.Dataset);

        // What a home elsewhere says of the files alone is less than what a copy has, with all versions.
        long bytes = Math.Max(of.Bytes ?? 0, name.Home.SiteId == _zoneId ? 0 : copies.Max(static copy => copy.Told?.Bytes) ?? 0);
        RuleRecord[] rules =
        [
            .. _tables.Rules.OfDataset(of.Dataset).Concat(_wide.For(name, of.Type)).Concat(_trial.For(name, of.Type))
                .OrderBy(static rule => rule.Number),
        ];
        PlacementPlan plan = rules.Length == 0 && !copies.Any(MayBeReleased)
                ? new PlacementPlan([], null, [])
            : (of.Obstacle ?? (name.Home.IsOver ? "It was deleted." : null)) is { } obstacle
                ? PlanBlocked(rules, obstacle, Choose(rules.Where(static rule => rule.Rule.Kind == PlacementRuleKind.Serve)))
            : Choose(rules);
        foreach (SiteReason chosen in plan.NewCopies)
        {
            Promise(chosen.SiteId, bytes);
        }

        return new PlannedDataset(name, bytes, rules, MayRelease(of, name) ? plan : plan with { Released = [] })
        {
            Copies = copies,
            MovedAt = copies.Max(static copy => copy.MovedAt),
            IsOver = of.IsOver || name.Home.IsOver,
        };

        PlacementPlan Choose(IEnumerable<RuleRecord> among) => PlacementPlanner.Plan(
            new PlacedDataset(bytes, name.Home.SiteId, copies) { IsReproducedOnly = of.IsReproducedOnly },
            [.. among.Select(static rule => rule.Rule)],
            [Own(of, name, bytes), .. _sites.Select(site => See(site, of, name, bytes))], _now);
    }

    /// <summary>Returns the plan of a dataset that cannot be copied. Rules for serving apply to it nevertheless.</summary>
    private static PlacementPlan PlanBlocked(RuleRecord[] rules, string obstacle, PlacementPlan serving) => new(
        [], null,
        [
            .. rules.Select(rule => serving.Rules.FirstOrDefault(status => status.Rule == rule.Rule)
                ?? new RuleStatus(rule.Rule, RuleState.Impossible, obstacle, [])),
        ]);

    private bool MayBeReleased(CopyRecord copy) => copy.ReleasedAt is null && (copy.IsChosen || _draining.Contains(copy.SiteId));

    /// <summary>Returns false while the home moves, or if there are rules for types and this type is unknown.</summary>
    private bool MayRelease(DatasetFacts of, NameRecord name) =>
        name.Home.NextId is null && (of.Type.IsKnown || !_wide.HasTypes) && _trial.IsEmpty;

    private PlacementSite Own(DatasetFacts of, NameRecord name, long bytes) => new(
        _zoneId, _facts.OwnName, _tables.Sites.OwnLabels(), _ownTerms.Intake, Space(_zoneId, _facts.OwnFreeBytes), null, null)
    {
        Declines = FindRefusal(_ownTerms, of, name, bytes),
    };

    private PlacementSite See(SiteRecord site, DatasetFacts of, NameRecord name, long bytes) => new(
        site.Id, site.Name, site.Labels, site.Terms.Intake, Space(site.Id, site.FreeBytes ?? 0), null, _facts.AwaySince(site))
    {
        Declines = FindRefusal(site.Terms, of, name, bytes),
    };

    /// <summary>Returns the reason why a site declines a dataset. If the zone does not know the type, the site itself decides.</summary>
    private static string? FindRefusal(SiteTerms terms, DatasetFacts of, NameRecord name, long bytes) =>
        of.Type.Types is [var type, ..] ? AcceptedDatasets.FindRefusal(terms, name.Owner.Name, name.Slug, type, bytes) : null;

    private SiteSpace Space(string siteId, long freeBytes) => new(freeBytes, _promised.GetValueOrDefault(siteId));

    private void Promise(string siteId, long bytes) => _promised[siteId] = _promised.GetValueOrDefault(siteId) + bytes;
}
