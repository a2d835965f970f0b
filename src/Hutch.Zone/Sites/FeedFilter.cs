using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Placement;

namespace Hutch.Zone.Sites;

/// <summary>Which rows go to a site: the one place that decides what a site, and whoever owns it, can learn of the zone.</summary>
internal static class FeedFilter
{
    private static readonly string NoHash = new('0', 2 * BlobHash.Size);

    /// <summary>
    /// What a site gets of a row: the row, or that there is none, or nothing. Of a dataset that a rule keeps away from the site it gets
    /// that there is none; a copy that another site is not to have is none for every site.
    /// </summary>
    public static FeedItem? Admit(SiteRecord site, ServingBounds bounds, FeedItem item) =>
        !Admits(site.Id, item) ? null
        : item.Table == "rules" ? ShowRule(site, bounds, item)
        : bounds.IsEmpty || item.Table is not ("names" or "homes" or "grants" or "copies" or SummaryTable.Name) ? Show(site.Id, item)
        : !DatasetId.TryParse(item.Key.Split(' ')[0], out DatasetId dataset) ? item
        : bounds.Excludes(site, dataset) ? (item.Table is "names" or "homes" or SummaryTable.Name ? item with { Row = null } : null)
        : item.Table == "copies" && bounds.Excludes(item.Key.Split(' ')[1], dataset) ? item with { Row = null }
        : item;

    /// <summary>
    /// Whether a row goes to a site. That a row is gone may be known to all, unless its key says who had which role where.
    /// </summary>
    private static bool Admits(string siteId, FeedItem item) => item switch
    {
        { Table: "roles" } => Counts(siteId, item.Key[(item.Key.IndexOf(' ', StringComparison.Ordinal) + 1)..]),
        { Row: null } => true,
        { Table: "tokens" } => SiteOf(item) is not null,
        _ => true,
    };

    /// <summary>Roles that are held for a site go there only; without a site, they are held for the one beside the zone.</summary>
    private static bool Counts(string siteId, string role) => HeldRole.Parse(role) is { IsOk: true, Value: var held }
        && (HeldRole.IsOfSite(held.Role) ? held.Site == siteId : held.Site is null);

    /// <summary>
    /// The row as a site gets it. Of a token for another site it learns what this may do and that it ended, as it is asked to read for
    /// whoever uses it there, but neither name nor hash: here nobody can use it.
    /// </summary>
    private static FeedItem Show(string siteId, FeedItem item) =>
        item is { Table: "tokens", Row: not null } && SiteOf(item) != siteId
            ? FeedTable.With(FeedTable.With(item, "name", null), "secret_hash", NoHash)
            : item;

    /// <summary>
    /// Whoever has a dataset, as its home or as a copy, has to know which sites are left out, as they could ask it. Of a rule for one
    /// dataset no other site learns; who made one is nobody's business.
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
