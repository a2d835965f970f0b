namespace Hutch.Federation.Copies;

/// <summary>Changes that may make a copy due: in the zone, at homes, and at this site.</summary>
internal sealed class CopyTriggers(
    CopyRegistry registry, SummaryRegistry summaries, CopyFreshness freshness, CopyAssignments assignments, TimeProvider time)
{
    /// <summary>Datasets whose summaries are read at once.</summary>
    private const int MaxHints = 500;

    private static readonly TimeSpan LookAtMostEvery = TimeSpan.FromMilliseconds(20);

    public Moment Now() => new(registry.Version, summaries.News.Value, freshness.News.Value, assignments.News.Value);

    /// <summary>Waits for a change since a moment, for one of the running transfers, or for the end of a time.</summary>
    public async Task WaitAsync(Moment since, TimeSpan atMost, IEnumerable<Task> running, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(
        [
            registry.WaitForChangeAsync(since.Version, either.Token), summaries.News.WaitAsync(since.Summaries + 1, either.Token),
            freshness.News.WaitAsync(since.Written + 1, either.Token), assignments.News.WaitAsync(since.Assigned + 1, either.Token),
            Task.Delay(atMost, time, either.Token), .. running,
        ]);
        await either.CancelAsync();
        await Task.Delay(LookAtMostEvery, time, ct);
    }

    /// <summary>Reads the last words of the home about a dataset.</summary>
    public async Task<HomeHint> FindAsync(DatasetId dataset, CancellationToken ct) =>
        await summaries.FindAsync([dataset], ct) is [var said] ? HintOf(said) : default;

    /// <summary>Reads the last words of homes about datasets.</summary>
    public async Task<List<(DatasetId Dataset, HomeHint Hint)>> ReadAsync(IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        var hints = new List<(DatasetId, HomeHint)>();
        foreach (DatasetId[] some in datasets.Chunk(MaxHints))
        {
            hints.AddRange((await summaries.FindAsync(some, ct)).Select(static summary => (summary.Dataset, HintOf(summary))));
        }

        return hints;
    }

    private static HomeHint HintOf(DatasetSummary summary) => new(summary.Closed is not null, summary.Files > 0);

    /// <summary>The numbers of the newest changes of each kind.</summary>
    /// <param name="Version">The version of the zone.</param>
    /// <param name="Summaries">The change number of the homes' summaries.</param>
    /// <param name="Written">The change number of writes through this site.</param>
    /// <param name="Assigned">The change number of the data that this site lacks.</param>
    public sealed record Moment(long Version, long Summaries, long Written, long Assigned);
}
