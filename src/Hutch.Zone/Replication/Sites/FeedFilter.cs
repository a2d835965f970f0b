using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// Selects the rows of the feed for a site. This is the only code that decides what a site and its owner can learn of the zone.
/// </summary>
internal static class FeedFilter
{
    private static readonly string NoHash = new('0', 2 * BlobHash.Size);

    /// <summary>
    /// Returns a site's version of a row: the row, its deletion, or nothing. For a dataset from which rules exclude the site, it is a
    /// deletion. A copy that rules exclude at another site is a deletion for every site.
    /// </summary>
    public static FeedItem? Admit(SiteRecord site, ServingBounds bounds, FeedItem item)
    {
        if (!Admits(site.Id, item))
        {
            return null;
        }

        if (item.Table == "rules")
        {
            return ShowRule(site, bounds, item);
        }

        if (bounds.IsEmpty || item.Table is not ("names" or "homes" or "grants" or "copies" or SummaryTable.Name))
        {
            return Show(site.Id, item);
        }

        if (!DatasetId.TryParse(item.Key.Split(' ')[0], out DatasetId dataset))
        {
            return item;
        }

        if (bounds.Excludes(site, dataset))
        {
            return item.Table is "names" or "homes" or SummaryTable.Name ? item with { Row = null } : null;
        }

        return item.Table == "copies" && bounds.Excludes(item.Key.Split(' ')[1], dataset) ? item with { Row = null } : item;
    }

    /// <summary>
    /// Returns true if a site gets a row. All sites may know of a deletion, unless the key itself reveals a user's role at a site.
    /// </summary>
    private static bool Admits(string siteId, FeedItem item) => item switch
    {
        { Table: "roles" } => Counts(siteId, item.Key[(item.Key.IndexOf(' ', StringComparison.Ordinal) + 1)..]),
        { Row: null } => true,
        { Table: "tokens" } => SiteOf(item) is not null,
        _ => true,
    };

    /// <summary>
    /// Returns true if a role concerns a site. Roles for one site go only there; roles without a site are for the zone's own site.
    /// </summary>
    private static bool Counts(string siteId, string role) => AssignedRole.Parse(role) is { IsOk: true, Value: var held }
        && (AssignedRole.IsOfSite(held.Role) ? held.Site == siteId : held.Site is null);

    /// <summary>
    /// Returns the row for a site. Of a token for another site it shows the scope and the end, because the site receives requests to read
    /// for it. Name and hash are hidden, so that the token cannot be used here.
    /// </summary>
    private static FeedItem Show(string siteId, FeedItem item) =>
        item is { Table: "tokens", Row: not null } && SiteOf(item) != siteId
            ? FeedTable.With(FeedTable.With(item, "name", null), "secret_hash", NoHash)
            : item;

    /// <summary>
    /// Returns a rule for a site. Every home and copy of a dataset must know the excluded sites, which could ask it. A rule for one dataset
    /// goes only to these sites, and the creator of a rule to none.
    /// </summary>
    private static FeedItem? ShowRule(SiteRecord site, ServingBounds bounds, FeedItem item)
    {
        bool isServing = item.Row is not null && FeedTable.Column(item, "rule") is { } rule
            && rule.StartsWith("serve ", StringComparison.Ordinal);
        bool isForIt = FeedTable.Column(item, "scope") != "dataset"
            || (DatasetId.TryParse(FeedTable.Column(item, "subject"), out DatasetId dataset) && bounds.HasIt(site, dataset));
        return !isServing ? null
            : FeedTable.Column(item, "ended_ms") is null && isForIt ? FeedTable.With(item, "created_by", "")
            : item with { Row = null };
    }

    private static string? SiteOf(FeedItem token) =>
        FeedTable.Column(token, "scope") is { } scope && TokenScope.Parse(scope) is { IsOk: true, Value.Site: { } site } ? site : null;
}
