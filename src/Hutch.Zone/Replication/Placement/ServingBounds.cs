using System.Collections.Immutable;

namespace Hutch.Zone.Replication.Placement;

/// <summary>
/// The sites that may know of a dataset, by <c>serve where</c> rules. They decide about the rows of the feed and about copies. The home of
/// a dataset, its next home, and the zone's own site, which has all names, may always know.
/// </summary>
internal sealed class ServingBounds
{
    private readonly ZoneTables _tables;
    private readonly RulesByScope _rules;

    private ServingBounds(ZoneTables tables) => (_tables, _rules) = (tables, new RulesByScope(tables.Rules.Serving()));

    public bool IsEmpty => _rules.IsEmpty;

    public static ServingBounds From(ZoneTables tables) => new(tables);

    public bool Excludes(SiteRecord site, DatasetId dataset) =>
        !IsEmpty && _tables.Names.Find(dataset) is { } name && Excluding(site, name) is not null;

    public bool Excludes(string siteId, DatasetId dataset) =>
        !IsEmpty && _tables.Sites.Find(siteId) is { } site && Excludes(site, dataset);

    /// <summary>Returns the scopes of the rules that exclude a site, except from datasets at home there.</summary>
    public static IReadOnlyCollection<RuleScope> HiddenFrom(ZoneTables tables, SiteRecord site) =>
    [
        .. tables.Rules.Serving().Where(rule => !IsMeant(rule.Rule, site.Name, site.Labels)).Select(static rule => rule.Scope).Distinct(),
    ];

    /// <summary>Returns true if a site is the home or next home of a dataset, or has or will have a copy.</summary>
    public bool HasIt(SiteRecord site, DatasetId dataset) =>
        (_tables.Names.Find(dataset) is { } name && IsHome(site, name)) || _tables.Copies.Find(dataset, site.Id) is not null;

    private RuleRecord? Excluding(SiteRecord site, NameRecord name) => IsHome(site, name)
        ? null
        : _rules.For(name, TypeOf(name)).FirstOrDefault(rule => !IsMeant(rule.Rule, site.Name, site.Labels));

    /// <summary>Returns the reason why a joined site is excluded from a dataset, as the end of a sentence; null when it is not.</summary>
    public string? FindExclusion(SiteRecord site, NameRecord name) => Excluding(site, name) is not { } rule
        ? null
        : $"rule {rule.Number} says '{rule.Rule}'"
            + (rule.Scope.Kind == RuleScopeKind.Type && !TypeOf(name).IsKnown ? ", and the zone does not know its type (yet)" : "");

    /// <summary>Returns the rule that keeps a dataset that does not exist yet away from a site; null for none.</summary>
    public PlacementRule? FindExclusion(SiteRecord site, PrincipalId owner, TypeLineage type) => _rules.ForNew(owner, type)
        .FirstOrDefault(rule => !IsMeant(rule.Rule, site.Name, site.Labels))?.Rule;

    private TypeLineage TypeOf(NameRecord name) =>
        _rules.HasTypes ? _tables.Summaries.LineageOf(name.Dataset) : TypeLineage.Unknown;

    private static bool IsHome(SiteRecord site, NameRecord name) => name.Home.SiteId == site.Id || name.Home.NextId == site.Id;

    public static bool IsMeant(PlacementRule rule, string siteName, ImmutableSortedDictionary<string, string> labels) =>
        rule.Where.Matches(labels.SetItem(SiteLabels.NameLabel, siteName));
}
