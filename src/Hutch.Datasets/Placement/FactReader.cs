using Hutch.Catalog.Site;
using Hutch.Datasets.Sites;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Engines;
using Hutch.Types.Catalog;
using Hutch.Zone.Placement;

namespace Hutch.Datasets.Placement;

/// <summary>Reads what placement has to know and the zone does not: what datasets are like, and how sites are.</summary>
public sealed class FactReader(
    SiteDatabase records, IStoredFiles files, TypeLibrary types, SiteConfirmations sites, ISiteNetwork? network, TimeProvider time)
{
    /// <summary>What this site is called, also when it cannot speak with others.</summary>
    internal string OwnName => network?.Name ?? "this site";

    /// <summary>How the sites are now.</summary>
    public SiteFacts Sites() => new(OwnName, files.PlaceableBytes, AwaySince);

    /// <summary>What is known of datasets.</summary>
    public async ValueTask<IReadOnlyList<DatasetFacts>> DatasetsAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct)
    {
        TypeCatalog catalog = types.Current;
        Dictionary<DatasetId, DatasetFacts> here = await records.ReadAsync(
            queries => queries.Datasets(datasets).ToDictionary(
                static dataset => dataset.Id,
                dataset => new DatasetFacts(
                    dataset.Id, queries.UsageOf(dataset).Bytes, catalog.LineageOf(dataset.Type), Obstacle(dataset))),
            ct);
        return [.. datasets.Select(dataset => here.GetValueOrDefault(dataset) ?? new DatasetFacts(dataset, null, [], null))];
    }

    /// <summary>Where this site has a copy, what is at the home counts, which the zone knows.</summary>
    private static string? Obstacle(SiteDataset dataset) =>
        dataset.Copy is not null ? null
        : dataset.Ended is not null ? "Its files have ended."
        : dataset.TrashedUntil is not null ? "It is in the trash."
        : dataset.Expires is not null ? "It is temporary, and temporary datasets are not copied."
        : null;

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
