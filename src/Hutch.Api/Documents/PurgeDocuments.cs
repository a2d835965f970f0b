using Hutch.Datasets.Purges;
using Hutch.Zone.Replication.Purges;

namespace Hutch.Api.Documents;

internal static class PurgeDocuments
{
    public static PurgeInfo From(NamedPurge named) => new()
    {
        Dataset = named.Status.Purge.Order.Dataset,
        Name = named.Status.Name,
        Ordered = named.Status.Purge.Order.At,
        By = named.Status.Purge.By,
        Reason = named.Status.Purge.Reason,
        Open = named.Status.IsOpen,
        Sites = [.. named.Status.Sites.Select(site => From(site, named.OwnName))],
    };

    private static PurgeSiteInfo From(PurgeSite site, string ownName) => new()
    {
        Site = site.Name ?? ownName,
        State = site.At is not null ? "done" : site.IsRemoved ? "removed" : "waiting",
        At = site.At,
    };
}
