using System.Collections.Immutable;

namespace Hutch.Zone.Replication.Placement;

internal static class HomeBounds
{
    public static bool Excludes(ZoneTables tables, NameRecord name, string siteId, string ownName)
    {
        (string siteName, ImmutableSortedDictionary<string, string> labels) = tables.Sites.Find(siteId) is { } site
            ? (site.Name, site.Labels)
            : (ownName, tables.Sites.OwnLabels());
        return new RulesByScope(tables.Rules.ListHomeRules()).For(name, tables.Summaries.LineageOf(name.Dataset))
            .Any(rule => !ServingBounds.IsMeant(rule.Rule, siteName, labels));
    }
}
