using Hutch.Datasets.Programs;
using Hutch.Datasets.Replication.Sites;
using Hutch.Site.Replication.Space;
using Hutch.Zone.Replication.Copies;

namespace Hutch.Datasets.Upkeep;

/// <summary>
/// Says what can be freed at this site, by the rules that decide about evictions. It changes nothing: these rules decide again when a line
/// is carried out.
/// </summary>
public sealed class SpaceService(
    Authorizer authorizer, SiteRegistry sites, CopyRegistry copies, EvictionService evictions, ReproductionService reproductions,
    SiteDatabase records, SpaceMeter meter)
{
    /// <summary>The most datasets that one answer examines.</summary>
    public const int MaxDatasets = 20_000;

    private const int MaxObstacles = 50;

    private const int DatasetsAtOnce = 1_000;

    /// <summary>
    /// Examines the datasets of the caller and of the groups that it manages; for an administrator of the site, those of all owners. Of
    /// other datasets it counts nothing, not even bytes that they share.
    /// </summary>
    /// <param name="owner">The only owner to list; null for all.</param>
    public async Task<Result<SpaceReport>> ReadAsync(Caller caller, string? owner, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.MeRead);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        bool isOfSite = Authorizer.Authorize(caller, Operation.SiteConfigure).IsOk;
        (List<SiteDataset> own, bool isWhole) = await ListAsync(
            !isOfSite ? caller.ManagedOwners() : owner is null ? null : [owner], ct);
        var offers = new List<SpaceLine>();
        var obstacles = new Dictionary<string, SpaceObstacle>(StringComparer.Ordinal);
        var seen = new HashSet<DatasetId>();
        foreach (SiteDataset dataset in own)
        {
            if ((await authorizer.AuthorizeAsync(caller, dataset.Id, Operation.DatasetView, ct)).TryGet(out Access access, out _))
            {
                seen.Add(dataset.Id);
                // The bytes of adopted folders are not on the disk of the server, or are not its own to free.
                if ((owner is null || dataset.Owner == owner) && dataset.Eviction?.IsAway() != true && AdoptedFolder.Of(dataset) is null)
                {
                    Result<SpaceLine> offer = await ExamineAsync(caller, access.Dataset, dataset, ct);
                    Note(offer, dataset, offers, obstacles);
                }
            }
        }

        SpaceMeasure measured = await meter.MeasureAsync(
            [.. offers.OrderByDescending(static one => one.Bytes).Select(static one => one.Name.Dataset)], isOfSite ? null : seen,
            [.. offers.SelectMany(static one => one.Retained)], ct);
        SpaceLine[] lines =
        [
            .. offers.Where(one => measured.Bytes.ContainsKey(one.Name.Dataset))
                .Select(one => one with { Bytes = measured.Bytes[one.Name.Dataset] })
                .OrderByDescending(static one => one.Bytes).ThenBy(static one => one.Name.FullName, StringComparer.Ordinal),
        ];
        SpaceLine[] rest = [.. lines.Skip(limit)];
        return new SpaceReport(
            [.. lines.Take(limit)], (rest.Length, rest.Sum(static one => one.Bytes)), measured.Together,
            [.. obstacles.Values.OrderByDescending(static one => one.LogicalBytes).Take(MaxObstacles)], isOfSite,
            isWhole && lines.Length == offers.Count);
    }

    private static void Note(
        Result<SpaceLine> offer, SiteDataset dataset, List<SpaceLine> offers, Dictionary<string, SpaceObstacle> obstacles)
    {
        if (offer.TryGet(out SpaceLine? line, out HutchError? refusal))
        {
            offers.Add(line);
            return;
        }

        string name = $"{dataset.Owner}/{dataset.Slug}";
        string reason = refusal.Message.Replace($"Dataset '{name}'", "The dataset", StringComparison.Ordinal)
            .Replace(name, "NAME", StringComparison.Ordinal)
            .Replace($" {dataset.Slug} ", " NAME ", StringComparison.Ordinal);
        SpaceObstacle before = obstacles.GetValueOrDefault(reason) ?? new SpaceObstacle(reason, 0, 0, name);
        obstacles[reason] = before with { Datasets = before.Datasets + 1, LogicalBytes = before.LogicalBytes + dataset.Root.Bytes };
    }

    private async Task<Result<SpaceLine>> ExamineAsync(Caller caller, NameRecord name, SiteDataset dataset, CancellationToken ct)
    {
        if ((await authorizer.AuthorizeAsync(caller, dataset.Id, Operation.EvictionChange, ct)).Error is { } forbidden)
        {
            return forbidden;
        }

        var line = new SpaceLine(name, dataset.Type, dataset.Root.Bytes, SpaceWay.Trash, null, []);
        if (dataset.Copy is not null)
        {
            return (ErrorCode.Unprocessable with { Advice = "Rules and requests at the home decide about it." }).With(
                "This is a copy, which the home has assigned to this site.");
        }

        if (dataset.TrashedUntil is { } until)
        {
            return line with
            {
                Until = DateTimeOffset.FromUnixTimeMilliseconds(until),
                Proofs = ["It is in the trash."],
            };
        }

        if (dataset.Eviction is { State: EvictionState.Wanted })
        {
            return (ErrorCode.Conflict with { Advice = "`hutch info` shows how far they are." }).With(
                "Its eviction was requested. Other sites read their copies again and promise to hold them.");
        }

        CopyRecord[] complete = [.. (await copies.OfDatasetAsync(dataset.Id, ct)).Where(
            static copy => copy is { CompleteAt: not null, ReleasedAt: null })];
        HutchError? refusal = await evictions.FindRefusalAsync(dataset, ct);
        if (refusal is null && complete.Length > 0)
        {
            return line with { Way = SpaceWay.Copies, Proofs = await DescribeAsync(complete, ct) };
        }

        bool hasRerun = await records.ReadConsistentAsync(queries => queries.Statements(dataset.Id).Count > 0, ct);
        if (hasRerun)
        {
            Result<Reproduction> proved = await reproductions.ConsiderAsync(name, ct);
            return proved.Then<SpaceLine>(proof => line with
            {
                Way = SpaceWay.Reproduction,
                Retained = proof.Kept,
                Proofs = [$"The rerun {proof.Rerun:N} of the run {proof.Run:N} made equal results."],
            });
        }

        return refusal ?? (ErrorCode.Conflict with { Advice = "It continues automatically." }).With(
            "Another site is assigned a copy, which is not complete yet.");
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(IEnumerable<CopyRecord> complete, CancellationToken ct)
    {
        var proofs = new List<string>();
        foreach (CopyRecord copy in complete)
        {
            string site = (await sites.FindPeerAsync(copy.SiteId, ct))?.Name ?? copy.SiteId;
            proofs.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{site} has a complete copy since {copy.CompleteAt:yyyy-MM-dd}, and reads it again and promises to hold it first."));
        }

        return proofs;
    }

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
