using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Sites;

/// <summary>Which rows go to a site: the one place that decides what a site, and whoever owns it, can learn of the zone.</summary>
internal static class FeedFilter
{
    // The others are held for the zone's own site.
    private static readonly string[] RolesEverywhere =
        [Role.User.ToName(), Role.Auditor.ToName(), Role.Administrator.ToName()];

    /// <summary>Whether a row goes to a site. That a row is gone may be known to all: its key says nothing.</summary>
    public static bool Admits(string siteId, FeedItem item) => item switch
    {
        { Row: null } => true,
        { Table: "tokens" } => IsFor(siteId, FeedTable.Column(item, "scope")),
        { Table: "roles" } => RolesEverywhere.Contains(item.Key[(item.Key.IndexOf(' ', StringComparison.Ordinal) + 1)..]),
        _ => true,
    };

    private static bool IsFor(string siteId, string? scope) =>
        scope is not null && TokenScope.Parse(scope) is { IsOk: true, Value.Site: { } site } && site == siteId;
}
