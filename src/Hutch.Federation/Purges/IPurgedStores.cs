using Hutch.Federation.Reading;
using Hutch.Site.Replication.Purges;

namespace Hutch.Federation.Purges;

/// <summary>Everything at a site where something of a dataset can be.</summary>
internal interface IPurgedStores
{
    Task<IReadOnlyList<OrderedPurges>> ListAsync(CancellationToken ct);

    /// <summary>Forgets bytes that were read through it.</summary>
    void ClearCaches();
}

internal sealed class PurgedStores(OrderedPurges own, ReadThrough reads) : IPurgedStores
{
    public async Task<IReadOnlyList<OrderedPurges>> ListAsync(CancellationToken ct) => [own, .. await reads.RecordsAsync(ct)];

    public void ClearCaches() => reads.ClearCache();
}
