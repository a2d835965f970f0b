using System.Collections.Immutable;
using Hutch.Catalog.Zone;
using Hutch.Model.Zone;

namespace Hutch.Zone.Placement;

/// <summary>Where the homes of datasets are to be, as <c>home where</c> rules say.</summary>
internal static class HomeBounds
{
    /// <summary>Whether a rule says that the home of a dataset is not to be at a site.</summary>
    /// <param name="tables">The zone.</param>
    /// <param name="name">The dataset.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="ownName">What the site beside the zone is called, as far as that is known.</param>
    public static bool Excludes(ZoneTables tables, NameRecord name, string siteId, string ownName)
    {
        (string siteName, ImmutableSortedDictionary<string, string> labels) = tables.Sites.Find(siteId) is { } site
            ? (site.Name, site.Labels)
            : (ownName, tables.Sites.OwnLabels());
        return new RulesByScope(tables.Rules.Homing()).For(name, tables.Summaries.LineageOf(name.Dataset))
            .Any(rule => !ServingBounds.IsMeant(rule.Rule, siteName, labels));
    }
}
