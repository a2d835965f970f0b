using Hutch.Storage;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Compares the datasets of this site with those that the zone expects here, page by page in the order of the ids, for operators. Both
/// sides are asked again about a difference before it is reported, as datasets come and go during the comparison.
/// </summary>
public sealed class SiteCheck(SiteDatabase records, BlobStore blobs, ISiteNetwork? network)
{
    /// <summary>The most datasets that are compared at once.</summary>
    public const int MaxDatasets = 1000;

    /// <param name="after">The last dataset of the page before; null for the first page.</param>
    public async Task<Result<SiteDifferences>> CompareAsync(
        Caller caller, string name, DatasetId? after, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesRead);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (network is null || network.Name != name)
        {
            return (ErrorCode.Unprocessable with { Advice = "Log in to the server of that site, and check it there." }).With(
                $"What {Display.Quote(name)} has is compared at that site; this is {network?.Name ?? "another one"}.");
        }

        limit = Math.Clamp(limit, 1, MaxDatasets);
        Result<IReadOnlyList<ExpectedDataset>> asked = await network.ListExpectedAsync(after, limit, null, ct);
        if (!asked.TryGet(out IReadOnlyList<ExpectedDataset>? page, out HutchError? refusal))
        {
            return refusal;
        }

        IReadOnlyList<SiteDataset> held = await records.ReadAsync(queries => queries.DatasetsById(after, limit), ct);
        DatasetId? next = EndOf(page, held, limit);
        List<SiteDifference> differing = Compare(page, held, next);
        if (differing.Count == 0)
        {
            return new SiteDifferences([], Count(page, held, next), next);
        }

        // Two pages that have nothing in common differ in more than the zone is asked for at once.
        List<SiteDifference> still = [];
        foreach (DatasetId[] again in differing.Select(static one => one.Dataset).Chunk(MaxDatasets))
        {
            if (!(await network.ListExpectedAsync(null, 0, again, ct)).TryGet(out IReadOnlyList<ExpectedDataset>? expected, out refusal))
            {
                return refusal;
            }

            still.AddRange(Compare(expected, await records.ReadAsync(queries => queries.Datasets(again), ct), null));
        }

        return new SiteDifferences(still, Count(page, held, next), next);
    }

    /// <summary>Up to where both pages say everything; null when nothing comes after them.</summary>
    private static DatasetId? EndOf(IReadOnlyList<ExpectedDataset> expected, IReadOnlyList<SiteDataset> held, int limit)
    {
        List<DatasetId> ends = [];
        if (expected.Count == limit)
        {
            ends.Add(expected[^1].Dataset);
        }

        if (held.Count == limit)
        {
            ends.Add(held[^1].Id);
        }

        return ends.Count == 0 ? null : ends.MinBy(static id => id.ToString(), StringComparer.Ordinal);
    }

    private static bool IsWithin(DatasetId dataset, DatasetId? end) =>
        end is not { } last || string.CompareOrdinal(dataset.ToString(), last.ToString()) <= 0;

    private static int Count(IReadOnlyList<ExpectedDataset> expected, IReadOnlyList<SiteDataset> held, DatasetId? end) =>
        expected.Select(static one => one.Dataset).Union(held.Select(static one => one.Id)).Count(id => IsWithin(id, end));

    private List<SiteDifference> Compare(IReadOnlyList<ExpectedDataset> expected, IReadOnlyList<SiteDataset> held, DatasetId? end)
    {
        Dictionary<DatasetId, SiteDataset> here = held.Where(one => IsWithin(one.Id, end)).ToDictionary(static one => one.Id);
        HashSet<DatasetId> known = [.. expected.Select(static one => one.Dataset)];
        return
        [
            .. expected.Where(one => IsWithin(one.Dataset, end)).Select(one => FindLost(one, here.GetValueOrDefault(one.Dataset)))
                .OfType<SiteDifference>(),
            .. here.Values.Where(one => one.Ended is null && !known.Contains(one.Id)).Select(Dark),
        ];
    }

    private SiteDifference? FindLost(ExpectedDataset expected, SiteDataset? here)
    {
        if (expected.Holding == Holding.Coming)
        {
            return null;
        }

        if (here is null)
        {
            return Lost(expected, "nothing of it is here");
        }

        if (here.Ended is not null)
        {
            return expected.Holding == Holding.Copy ? Lost(expected, "its copy here has ended") : null;
        }

        return HasTree(here) ? null : Lost(expected, "its record is here, but not the list of its files");
    }

    private bool HasTree(SiteDataset dataset) =>
        dataset.Root.IsEmpty || dataset.Expires is not null || blobs.IsStoredForGood(MemberKey.Blob(dataset.Root.Page));

    private static SiteDifference Lost(ExpectedDataset expected, string why) => new(
        SiteDifference.LostKind, expected.Dataset, expected.Name,
        $"The zone {(expected.Holding == Holding.Home ? "takes this site for its home" : "counts on a copy here")}, and {why}.", null);

    private static SiteDifference Dark(SiteDataset dataset) => new(
        SiteDifference.DarkKind, dataset.Id, $"{dataset.Owner}/{dataset.Slug}",
        $"It is here{(dataset.TrashedUntil is not null ? ", in the trash" : "")}, and the zone does not know of it.", dataset.Root.Bytes);
}

/// <param name="Next">The dataset after which the next page begins; null at the end.</param>
public sealed record SiteDifferences(IReadOnlyList<SiteDifference> Items, int Compared, DatasetId? Next);

/// <summary>A dataset whose state at this site differs from the zone's expectation.</summary>
/// <param name="Bytes">Its bytes here; null when nothing is here.</param>
public sealed record SiteDifference(string Kind, DatasetId Dataset, string Name, string Problem, long? Bytes)
{
    /// <summary>The zone believes that it is here, and it is not.</summary>
    public const string LostKind = "lost";

    /// <summary>It is here, and the zone does not know of it.</summary>
    public const string DarkKind = "dark";
}
