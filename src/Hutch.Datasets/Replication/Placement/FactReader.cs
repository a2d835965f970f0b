using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Placement;
using Hutch.Site.Engines;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Datasets.Replication.Placement;

/// <summary>Reads what placement has to know and the zone does not: what datasets are like, and how sites are.</summary>
public sealed class FactReader(
    SiteDatabase records, IStoredFiles files, SummaryRegistry summaries, TypeLibrary types, SiteConfirmations sites, ISiteSigner signer,
    ISiteNetwork? network, TimeProvider time)
{
    internal string OwnName => signer.Name;

    public SiteFacts Sites() => new(OwnName, files.PlaceableBytes, AwaySince);

    public async ValueTask<IReadOnlyList<DatasetFacts>> DatasetsAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct)
    {
        Dictionary<DatasetId, (SiteDataset Record, long Bytes)> here = await records.ReadAsync(
            queries => queries.Datasets(datasets).ToDictionary(
                static dataset => dataset.Id, dataset => (dataset, queries.UsageOf(dataset).Bytes)),
            ct);
        DatasetId[] elsewhere = [.. datasets.Where(one => here.GetValueOrDefault(one).Record is not { Copy: null })];
        Dictionary<DatasetId, DatasetSummary> reported = elsewhere.Length == 0
            ? []
            : (await summaries.FindAsync(elsewhere, ct)).ToDictionary(static one => one.Dataset);
        return
        [
            .. datasets.Select(one => here.TryGetValue(one, out (SiteDataset Record, long Bytes) known)
                ? ForLocal(known.Record, known.Bytes, reported.GetValueOrDefault(one))
                : ForRemote(one, reported.GetValueOrDefault(one))),
        ];
    }

    /// <summary>Returns the facts of a local dataset. For a copy, the type in the home's report is the newer one.</summary>
    private DatasetFacts ForLocal(SiteDataset record, long bytes, DatasetSummary? reported) =>
        new(record.Id, bytes, types.LineageOf(reported?.Type ?? record.Type), FindObstacle(record))
        {
            IsReproducedOnly = record is { Copy: null, Eviction.Reproduction: not null } && record.Eviction.IsAway(),
            IsOver = record is { Copy: null } && (record.Ended ?? record.TrashedUntil) is not null,
        };

    private DatasetFacts ForRemote(DatasetId dataset, DatasetSummary? reported) =>
        new(dataset, reported?.Bytes, reported is null ? TypeLineage.Unknown : types.LineageOf(reported.Type), null);

    /// <summary>Finds an obstacle to copies. For a copy here, the state at its home counts, which the zone knows.</summary>
    private static string? FindObstacle(SiteDataset dataset) => dataset switch
    {
        { Copy: not null } => null,
        { Ended: not null } => "Its files have ended.",
        { TrashedUntil: not null } => "It is in the trash.",
        { Expires: not null } => "It is temporary, and temporary datasets are not copied.",
        _ => null,
    };

    private DateTimeOffset? AwaySince(SiteRecord site)
    {
        if (sites.IsConnected(site))
        {
            return null;
        }

        DateTimeOffset written = site.HeardAt ?? site.JoinedAt;
        return network?.ContactOf(site.Id) is { } contact && time.GetUtcNow() - contact.SilentFor is var heard && heard > written
            ? heard
            : written;
    }
}
