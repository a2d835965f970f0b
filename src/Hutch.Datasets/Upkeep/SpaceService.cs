using Hutch.Datasets.Programs;
using Hutch.Datasets.Replication.Sites;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Replication.Space;
using Hutch.Zone.Names;
using Hutch.Zone.Replication.Copies;

namespace Hutch.Datasets.Upkeep;

/// <summary>
/// Says what can be freed at this site, by the rules that decide about evictions. It changes nothing: these rules decide again when a line
/// is carried out.
/// </summary>
public sealed class SpaceService(
    Authorizer authorizer, SiteRegistry sites, CopyRegistry copies, DatasetNames names, EvictionService evictions,
    ReproductionService reproductions, SiteDatabase records, Snapshots snapshots, SpaceMeter meter, TimeProvider time)
{
    /// <summary>The most datasets that one answer examines.</summary>
    public const int MaxDatasets = 20_000;

    private const int DatasetsAtOnce = 1_000;

    /// <summary>
    /// Examines the datasets of the caller and of the groups that it manages; for an administrator of the site, those of all owners. Of
    /// other datasets it counts nothing, not even bytes that they share.
    /// </summary>
    /// <param name="owner">The only owner to list; null for all.</param>
    /// <param name="by">The value by which all lines are added up; null for no sums.</param>
    public async Task<Result<SpaceReport>> ReadAsync(Caller caller, string? owner, string? by, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.MeRead);
        if (!allowed.IsOk || (allowed = SpaceSums.Add([], by, time.GetUtcNow()).Then<Done>(static _ => Done.Value)).Error is not null)
        {
            return allowed.Error;
        }

        bool isOfSite = Authorizer.Authorize(caller, Operation.SiteConfigure).IsOk;
        (List<SiteDataset> own, bool isWhole) = await ListAsync(
            !isOfSite ? caller.ManagedOwners() : owner is null ? null : [owner], ct);
        var examiner = new SpaceExaminer(authorizer, sites, copies, names, evictions, reproductions, records, snapshots);
        var found = new List<ExaminedSpace>();
        var seen = new HashSet<DatasetId>();
        foreach (SiteDataset dataset in own)
        {
            if ((await authorizer.AuthorizeAsync(caller, dataset.Id, Operation.DatasetView, ct)).TryGet(out Access access, out _))
            {
                seen.Add(dataset.Id);
                // The bytes of adopted folders are not on the disk of the server, or are not its own to free.
                if ((owner is null || dataset.Owner == owner) && dataset.Eviction?.IsAway() != true && AdoptedFolder.Of(dataset) is null)
                {
                    found.Add(await examiner.ExamineAsync(caller, access.Dataset, dataset, ct));
                }
            }
        }

        IReadOnlyList<SpaceMeasure> measured = await meter.MeasureAsync(
            [Offered(found), Superseded(found)], isOfSite ? null : seen, [.. found.SelectMany(static one => one.Offer?.Retained ?? [])],
            ct);
        SpaceLine[] lines = ListLines(found, measured[0]);
        SpaceLine[] rest = [.. lines.Skip(limit)];
        return SpaceSums.Add(lines, by, time.GetUtcNow()).Then<SpaceReport>(sums => new SpaceReport(
            [.. lines.Take(limit)], (rest.Length, rest.Sum(static one => one.Bytes)), measured[0].Together, sums,
            SpaceObstacles.List(found, measured), isOfSite,
            isWhole && measured[0].Bytes.Count == found.Count(static one => one.Offer is not null)));
    }

    private static SpaceLine[] ListLines(IReadOnlyList<ExaminedSpace> found, SpaceMeasure measured) =>
    [
        .. found.Select(static one => one.Offer).OfType<SpaceLine>()
            .Where(one => measured.Bytes.GetValueOrDefault(one.Name.Dataset, -1) >= (one.Way == SpaceWay.Versions ? 1 : 0))
            .Select(one => one with { Bytes = measured.Bytes[one.Name.Dataset] })
            .OrderByDescending(static one => one.Bytes).ThenBy(static one => one.Name.FullName, StringComparer.Ordinal),
    ];

    private static IReadOnlyList<LeavingData> Offered(IReadOnlyList<ExaminedSpace> found) =>
    [
        .. found.Where(static one => one.Offer is not null).OrderByDescending(static one => one.Offer!.Bytes)
            .Select(static one => new LeavingData(one.Dataset.Id, one.Offer!.Way == SpaceWay.Versions ? one.Ending : null)),
    ];

    /// <summary>Lists all versions before the newest ones of datasets of which some versions stay.</summary>
    private static IReadOnlyList<LeavingData> Superseded(IReadOnlyList<ExaminedSpace> found) =>
    [
        .. found.Where(static one => one.Lasting.Count > 0)
            .Select(static one => new LeavingData(one.Dataset.Id, [.. one.Ending, .. one.Lasting])),
    ];

    /// <summary>Lists the datasets of some owners, or of all.</summary>
    private async Task<(List<SiteDataset> Datasets, bool IsWhole)> ListAsync(IReadOnlyList<string>? owners, CancellationToken ct)
    {
        var found = new List<SiteDataset>();
        foreach (string? owner in owners ?? (IReadOnlyList<string?>)[null])
        {
            long after = 0;
            IReadOnlyList<SiteDataset> page;
            do
            {
                page = await records.ReadConsistentAsync(
                    queries => owner is null
                        ? queries.DatasetsAfter(after, DatasetsAtOnce)
                        : queries.DatasetsOf(owner, after, DatasetsAtOnce),
                    ct);
                found.AddRange(page.Where(static one => one.Ended is null));
                if (found.Count > MaxDatasets)
                {
                    return (found[..MaxDatasets], false);
                }

                after = page.Count > 0 ? page[^1].Key : after;
            }
            while (page.Count == DatasetsAtOnce);
        }

        return (found, true);
    }
}
