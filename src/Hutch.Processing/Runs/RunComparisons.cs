using Hutch.Site.Write.Committing;

namespace Hutch.Processing.Runs;

/// <summary>
/// The comparisons of runs with the runs that they repeat, and the signed statements about them. Each dataset keeps its own: the new
/// results and, at their home, those that were computed again. Its answers are durable.
/// </summary>
/// <remarks>Thread-safe. Checks no rights and no signatures: the caller has.</remarks>
public sealed class RunComparisons
{
    /// <summary>The most statements of a dataset.</summary>
    public const int MaxOfDataset = 200;

    private const int MaxSnapshots = 1000;

    private readonly Committer _committer;
    private readonly SiteDatabase _records;

    internal RunComparisons(Committer committer, SiteDatabase records) => (_committer, _records) = (committer, records);

    /// <summary>Lists runs that repeated another one and wait for the comparison.</summary>
    public ValueTask<IReadOnlyList<Guid>> WaitingAsync(int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.UncomparedRuns(limit), ct);

    /// <summary>Lists the outcomes of comparisons that a dataset keeps, the oldest first.</summary>
    public ValueTask<IReadOnlyList<SiteStatement>> OfAsync(DatasetId dataset, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.Statements(dataset), ct);

    /// <summary>Returns the newest snapshot of a dataset that existed at the end of a run: that of its results.</summary>
    public ValueTask<SiteSnapshot?> FindResultsAsync(SiteRun run, DatasetId output, CancellationToken ct) =>
        _records.ReadConsistentAsync(
            queries => run.Finished is { } end && queries.DatasetKey(output) is { } key
                ? queries.Snapshots(key, long.MaxValue, MaxSnapshots).FirstOrDefault(snapshot => snapshot.Time <= end)
                : null,
            ct);

    /// <summary>
    /// Ends a comparison: the dataset with the new results keeps its outcome, and so does the dataset that was repeated if this site is
    /// its home.
    /// </summary>
    /// <param name="repeated">The dataset that was repeated.</param>
    public Task<Result<Done>> EndAsync(DatasetId results, DatasetId repeated, SiteStatement outcome, CancellationToken ct) =>
        _committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(ToRecord(results, outcome));
                bool isHere = context.Queries.Dataset(repeated) is { Copy: null, Ended: null };
                if (isHere && outcome.Document is not null && context.Queries.Statements(repeated).Count < MaxOfDataset)
                {
                    context.Emit(ToRecord(repeated, outcome));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);

    /// <summary>Adds a statement that another site signed. The same again changes nothing.</summary>
    public Task<Result<Done>> AddAsync(DatasetId dataset, SiteStatement statement, CancellationToken ct)
    {
        return _committer.CommitAsync<Done>(
            context =>
            {
                if (!context.Dataset(dataset).TryGet(out _, out HutchError? refusal))
                {
                    return refusal;
                }

                IReadOnlyList<SiteStatement> known = context.Queries.Statements(dataset);
                if (known.Any(one => one.Run == statement.Run))
                {
                    return Done.Value;
                }

                if (known.Count >= MaxOfDataset)
                {
                    return ErrorCode.Unprocessable.With($"The dataset has {known.Count} statements about reruns, the maximum.");
                }

                context.Emit(ToRecord(dataset, statement));
                return Done.Value;
            },
            [],
            ct);
    }

    private static JournalRecord.RunCompared ToRecord(DatasetId dataset, SiteStatement outcome) =>
        new(outcome.Run, dataset, outcome.Document, outcome.Proof, outcome.Reason);
}
