using Hutch.Datasets.Registry;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Upkeep;

/// <summary>Lists the datasets with the newest data from any source: captures, uploads, pushes and folders of a facility.</summary>
public sealed class ArrivalService
{
    private const int MaxLookedAt = 2000;
    private const int DescribedAtOnce = 100;

    private readonly DatasetDescriber _describer;
    private readonly SiteDatabase _records;

    internal ArrivalService(DatasetDescriber describer, SiteDatabase records) => (_describer, _records) = (describer, records);

    /// <summary>
    /// Lists original datasets with files that the caller may see, the one with the newest data first. Looks at the 2000 datasets of the
    /// site that changed last.
    /// </summary>
    /// <param name="owner">Only datasets of this user or group; null for all.</param>
    public async Task<Result<IReadOnlyList<Arrival>>> ListAsync(Caller caller, string? owner, int limit, CancellationToken ct)
    {
        if (!DatasetNames.AuthorizeList(caller).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        IReadOnlyList<HeadChange> changes = await _records.ReadAsync(static queries => queries.LastChanged(MaxLookedAt), ct);
        var shown = new List<DatasetDescription>();
        foreach (HeadChange[] some in changes.Chunk(DescribedAtOnce))
        {
            IReadOnlyList<DatasetDescription> described =
                await _describer.DescribeVisibleAsync(caller, some.Select(static change => change.Dataset), ct);
            shown.AddRange(described.Where(one => IsArrival(one, owner)).Take(limit - shown.Count));
            if (shown.Count == limit)
            {
                break;
            }
        }

        Dictionary<DatasetId, long> sequences = changes.ToDictionary(static one => one.Dataset, static one => one.Sequence);
        return await _records.ReadConsistentAsync<Result<IReadOnlyList<Arrival>>>(
            queries => Result<IReadOnlyList<Arrival>>.Ok([.. shown.Select(one => Describe(queries, one, sequences[one.Id]))]), ct);
    }

    private static bool IsArrival(DatasetDescription dataset, string? owner) =>
        dataset.IsPresent && dataset.Record.Origin == DatasetOrigin.Original && dataset.Size.Files > 0
        && (owner is null || dataset.Name.Owner.Name == owner);

    private static Arrival Describe(SiteQueries queries, DatasetDescription dataset, long sequence)
    {
        SiteDataset record = dataset.Record;
        long time = queries.EventTime(sequence)
            ?? (record.Snapshot is { } number ? queries.Snapshot(record.Key, number)?.Time : null)
            ?? record.Created;
        return new Arrival(dataset, queries.NewestPath(record.Key), DateTimeOffset.FromUnixTimeMilliseconds(time));
    }
}

/// <param name="Path">The file that was written last; null once it is in a version, and for none.</param>
/// <param name="Time">The time of the last change of the files.</param>
public sealed record Arrival(DatasetDescription Dataset, string? Path, DateTimeOffset Time);
