using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Heads;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Registry;

/// <summary>Puts together what a caller may know of a dataset: its name and rights from the zone, its state from the site.</summary>
internal sealed class DatasetDescriber(Authorizer authorizer, SiteDatabase records, HeadReader heads)
{
    /// <summary>
    /// Changes over the trees of heads that are looked at for one answer; beyond them, the numbers are those of the last fold.
    /// </summary>
    private const int MaxCountedChanges = 20_000;

    /// <summary>Whether the caller may do something with a dataset.</summary>
    public ValueTask<Result<Access>> AuthorizeAsync(Caller caller, DatasetId id, Operation operation, CancellationToken ct) =>
        authorizer.AuthorizeAsync(caller, id, operation, ct);

    /// <summary>Describes a dataset to who may do something with it.</summary>
    public async ValueTask<Result<DatasetDescription>> DescribeAsync(Caller caller, DatasetId id, Operation operation, CancellationToken ct)
    {
        Result<Access> access = await AuthorizeAsync(caller, id, operation, ct);
        return access.IsOk ? await DescribeAsync(caller, access.Value, ct) : access.Error;
    }

    /// <summary>
    /// Describes what an operation left: the token that sufficed for the operation suffices for its answer, also when it could not ask
    /// for it by itself.
    /// </summary>
    public async ValueTask<Result<DatasetDescription>> AnswerAsync(
        Caller caller, DatasetId id, Operation operation, Result<SiteDataset> outcome, CancellationToken ct) =>
        outcome.IsOk ? await DescribeAsync(caller, id, operation, ct) : outcome.Error;

    public async ValueTask<Result<DatasetDescription>> DescribeAsync(Caller caller, Access access, CancellationToken ct)
    {
        IReadOnlyList<DatasetDescription> described = await DescribeAsync(caller, [access], ct);
        return described.Count == 1
            ? described[0]
            : ErrorCode.NotFound.With(
                $"The dataset {access.Dataset.FullName} is not at this site, or is just being created. Try again in a moment.");
    }

    /// <summary>Describes those of some datasets that the caller may see, in their order.</summary>
    public async ValueTask<IReadOnlyList<DatasetDescription>> DescribeVisibleAsync(
        Caller caller, IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        var visible = new List<Access>();
        foreach (DatasetId dataset in datasets)
        {
            Result<Access> access = await AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
            if (access.IsOk)
            {
                visible.Add(access.Value);
            }
        }

        return await DescribeAsync(caller, visible, ct);
    }

    /// <summary>Describes several, in their order; those that the site does not have yet are left out.</summary>
    public async ValueTask<IReadOnlyList<DatasetDescription>> DescribeAsync(
        Caller caller, IReadOnlyList<Access> datasets, CancellationToken ct)
    {
        DatasetId[] ids = [.. datasets.Select(access => access.Dataset.Dataset)];
        Dictionary<DatasetId, Facts> found = await records.ReadConsistentAsync(queries => Read(queries, ids), ct);
        Dictionary<DatasetId, string?> parents = await NameParentsAsync(caller, found.Values, ct);
        var described = new List<DatasetDescription>(datasets.Count);
        int changes = MaxCountedChanges;
        foreach (Access access in datasets)
        {
            if (!found.TryGetValue(access.Dataset.Dataset, out Facts? facts) || IsReleased(facts.Dataset, access.Dataset))
            {
                continue;
            }

            var size = new HeadSize(facts.Dataset.Root.Files, facts.Dataset.Root.Bytes);
            long changed = facts.HasOverlay ? await heads.ChangedAsync(facts.Dataset.Id, ct) : facts.Dataset.Changed;
            if (facts.HasOverlay && await heads.MeasureAsync(facts.Dataset, changes, ct) is { } measured)
            {
                size = measured.Size;
                changes -= measured.Rows;
            }

            described.Add(new DatasetDescription(
                access.Dataset,
                facts.Dataset,
                size,
                changed,
                [.. facts.Parents.Select(one => new ParentDescription(one.Dataset, parents[one.Dataset], one.Snapshot, one.Root))],
                access.Rights));
        }

        return described;
    }

    /// <summary>A copy that lies in the trash here while its home has the dataset is none of this site any more.</summary>
    private static bool IsReleased(SiteDataset here, NameRecord name) =>
        here is { Copy: not null, TrashedUntil: not null } && !name.Home.IsOver;

    private static Dictionary<DatasetId, Facts> Read(SiteQueries queries, DatasetId[] ids) => queries.Datasets(ids).ToDictionary(
        dataset => dataset.Id,
        dataset => new Facts(
            dataset,
            dataset.Origin == DatasetOrigin.Original ? [] : queries.Parents(dataset.Key),
            dataset.Closed is null && queries.HasOverlay(dataset.Key)));

    /// <summary>The names of parents, for those that the caller may view.</summary>
    private async ValueTask<Dictionary<DatasetId, string?>> NameParentsAsync(
        Caller caller, IEnumerable<Facts> datasets, CancellationToken ct)
    {
        var names = new Dictionary<DatasetId, string?>();
        foreach (DatasetId parent in datasets.SelectMany(facts => facts.Parents).Select(parent => parent.Dataset).Distinct())
        {
            Result<Access> access = await authorizer.AuthorizeAsync(caller, parent, Operation.DatasetView, ct);
            names.Add(parent, access.IsOk ? access.Value.Dataset.FullName : null);
        }

        return names;
    }

    private sealed record Facts(SiteDataset Dataset, IReadOnlyList<VersionReference> Parents, bool HasOverlay);
}
