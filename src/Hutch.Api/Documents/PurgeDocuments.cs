using Hutch.Contracts;
using Hutch.Datasets.Purges;
using Hutch.Zone.Replication.Purges;

namespace Hutch.Api.Documents;

/// <summary>Purges at all sites as documents.</summary>
internal static class PurgeDocuments
{
    public static PurgeInfo Of(NamedPurge named) => new()
    {
        Dataset = named.Standing.Purge.Order.Dataset,
        Name = named.Standing.Name,
        Ordered = named.Standing.Purge.Order.At,
        By = named.Standing.Purge.By,
        Reason = named.Standing.Purge.Reason,
        Open = named.Standing.IsOpen,
        Sites = [.. named.Standing.Sites.Select(site => Of(site, named.OwnName))],
    };

    private static PurgeSiteInfo Of(PurgeSite site, string ownName) => new()
    {
        Site = site.Name ?? ownName,
        State = site.At is not null ? "done" : site.IsRemoved ? "removed" : "waiting",
        At = site.At,
    };
}
