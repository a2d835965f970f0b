using Hutch.Datasets.Search;

namespace Hutch.Datasets.Registry;

/// <summary>
/// Describes datasets for lists, at any site: from the records of this site where it has some, otherwise from the reports of their homes.
/// See docs/design/federation.md (summaries).
/// </summary>
internal sealed class DatasetLister(DatasetDescriber describer, SummaryRegistry summaries, SiteRegistry sites)
{
    /// <summary>Returns true if there is no other site, so that every dataset is here.</summary>
    public ValueTask<bool> IsAloneAsync(CancellationToken ct) => sites.IsAloneAsync(ct);

    /// <summary>
    /// Describes the datasets that the caller may see, in their order. Leaves out datasets that are just being made, and those without a
    /// report of their home yet.
    /// </summary>
    public async ValueTask<IReadOnlyList<DatasetDescription>> DescribeVisibleAsync(
        Caller caller, IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        IReadOnlyList<Access> visible = await describer.AdmitAsync(caller, datasets, ct);
        IReadOnlyList<DatasetDescription> here = await describer.DescribeAsync(caller, visible, ct);
        if (here.Count == visible.Count)
        {
            return here;
        }

        Dictionary<DatasetId, DatasetDescription> described = here.ToDictionary(one => one.Id);
        DatasetId[] others =
        [
            .. visible.Select(one => one.Dataset).Where(one => one.Home.SiteId != sites.OwnId && !described.ContainsKey(one.Dataset))
                .Select(one => one.Dataset),
        ];
        await AddAsync(described, caller, visible, others.Length == 0 ? [] : await summaries.FindAsync(others, ct), ct);
        return [.. visible.Select(one => described.GetValueOrDefault(one.Dataset.Dataset)).OfType<DatasetDescription>()];
    }

    private async ValueTask AddAsync(
        Dictionary<DatasetId, DatasetDescription> described, Caller caller, IReadOnlyList<Access> visible,
        IReadOnlyList<DatasetSummary> reported, CancellationToken ct)
    {
        Dictionary<DatasetId, IReadOnlyList<VersionReference>> parents = reported.ToDictionary(
            one => one.Dataset, one => DatasetSummary.ReadParents(one.Parents) ?? []);
        IReadOnlyDictionary<DatasetId, string?> names = await describer.NameParentsAsync(caller, parents.Values.SelectMany(one => one), ct);
        Dictionary<DatasetId, Access> access = visible.DistinctBy(one => one.Dataset.Dataset).ToDictionary(one => one.Dataset.Dataset);
        foreach (DatasetSummary one in reported)
        {
            (NameRecord name, Rights rights) = (access[one.Dataset].Dataset, access[one.Dataset].Rights);
            described[one.Dataset] = new DatasetDescription(
                name, SummarizedDataset.RecordOf(name, one), new HeadSize(one.Files, one.Bytes), one.HeadVersion,
                DatasetDescriber.Describe(parents[one.Dataset], names), rights)
            {
                IsElsewhere = true,
            };
        }
    }
}
