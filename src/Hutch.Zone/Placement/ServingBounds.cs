using System.Collections.Immutable;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Zone.Placement;

/// <summary>
/// Which sites may know of which datasets at all, as <c>serve where</c> rules say: what the feed sends and who gets a copy follows from
/// it. The home of a dataset always may, and whichever site is to be it next, and the zone's own site, which has all names.
/// </summary>
internal sealed class ServingBounds
{
    private readonly ZoneTables _tables;
    private readonly RulesByScope _rules;

    private ServingBounds(ZoneTables tables) => (_tables, _rules) = (tables, new RulesByScope(tables.Rules.Serving()));

    /// <summary>Whether every site may know of every dataset.</summary>
    public bool IsEmpty => _rules.IsEmpty;

    /// <summary>The bounds as the rules are now.</summary>
    public static ServingBounds Of(ZoneTables tables) => new(tables);

    /// <summary>Whether a dataset is kept away from a site.</summary>
    public bool Excludes(SiteRecord site, DatasetId dataset) =>
        !IsEmpty && _tables.Names.Find(dataset) is { } name && Excluding(site, name) is not null;

    /// <summary>Whether a dataset is kept away from a site.</summary>
    public bool Excludes(string siteId, DatasetId dataset) =>
        !IsEmpty && _tables.Sites.Find(siteId) is { } site && Excludes(site, dataset);

    /// <summary>Whether a site is the home of a dataset, or is to be it, or is to have a copy.</summary>
    public bool HasIt(SiteRecord site, DatasetId dataset) =>
        (_tables.Names.Find(dataset) is { } name && IsHome(site, name)) || _tables.Copies.Find(dataset, site.Id) is not null;

    /// <summary>The rule that keeps a dataset away from a site that has joined; null when none does.</summary>
    private RuleRecord? Excluding(SiteRecord site, NameRecord name) => IsHome(site, name)
        ? null
        : _rules.For(name, TypeOf(name)).FirstOrDefault(rule => !IsMeant(rule.Rule, site.Name, site.Labels));

    /// <summary>Why a dataset is kept away from a site that has joined, as the end of a sentence; null when it is not.</summary>
    public string? WhyNot(SiteRecord site, NameRecord name) => Excluding(site, name) is not { } rule
        ? null
        : $"rule {rule.Number} says '{rule.Rule}'"
            + (rule.Scope.Kind == RuleScopeKind.Type && !TypeOf(name).IsKnown ? ", and the zone does not know its type (yet)" : "");

    private TypeLineage TypeOf(NameRecord name) =>
        _rules.HasTypes ? _tables.Summaries.LineageOf(name.Dataset) : TypeLineage.Unknown;

    private static bool IsHome(SiteRecord site, NameRecord name) => name.Home.SiteId == site.Id || name.Home.NextId == site.Id;

    /// <summary>Whether a rule means a site.</summary>
    public static bool IsMeant(PlacementRule rule, string siteName, ImmutableSortedDictionary<string, string> labels) =>
        rule.Where.Matches(labels.SetItem(SiteLabels.NameLabel, siteName));
}
