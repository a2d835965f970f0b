using Hutch.Datasets.Replication.Sites;

namespace Hutch.Agent.Retention.Eviction;

/// <summary>The sites of the zone, asked as for any eviction: see docs/design/federation.md.</summary>
internal sealed class CopyHolders(EvictionService evictions, string by) : ICopyHolders
{
    public async Task<HoldersAnswer> FindAsync(DatasetId dataset, CancellationToken ct) =>
        From(await evictions.FindOfFolderAsync(dataset, ct));

    public async Task<Result<HoldersAnswer>> RequestAsync(DatasetId dataset, int copies, CancellationToken ct) =>
        (await evictions.EvictFolderAsync(dataset, copies, by, ct)).Then<HoldersAnswer>(static report => From(report));

    public Task<Result<Done>> StopAsync(DatasetId dataset, CancellationToken ct) => evictions.StopFolderAsync(dataset, ct);

    private static HoldersAnswer From(EvictionReport report) => new(
        report.Eviction?.State switch
        {
            null => HoldersState.None,
            EvictionState.Wanted => HoldersState.Asked,
            EvictionState.Evicted => HoldersState.Held,
            _ => HoldersState.Ending,
        },
        [.. report.Holders.Where(static one => one.HasProven).Select(static one => one.Site).Order(StringComparer.Ordinal)],
        [
            .. report.Holders.Where(static one => one.Problem is not null).Select(static one => $"{one.Site}: {one.Problem}"),
            .. report.Problem is { } here ? [here] : Array.Empty<string>(),
        ]);
}
