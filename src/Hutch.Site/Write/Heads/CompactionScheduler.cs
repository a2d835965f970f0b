using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>Compacts heads automatically: when they have been quiet for a while, have waited for long, or have many changes.</summary>
public sealed partial class CompactionScheduler(
    Committer committer, SiteDatabase records, HeadCompactor compactor, CompactionOptions options, TimeProvider time,
    ILogger<CompactionScheduler> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DatasetId, Waiting> _waiting = [];

    /// <summary>Compacts heads until it is cancelled: first existing overlays of any server, then also new changes by any server.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            // Left from an earlier lease; another server may have compacted these heads since.
            _waiting.Clear();
        }

        committer.Committed += OnCommitted;
        try
        {
            await FindUnfoldedAsync(ct);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.LookSeconds), time);
            while (await timer.WaitForNextTickAsync(ct))
            {
                await CompactDueAsync(ct);
            }
        }
        finally
        {
            committer.Committed -= OnCommitted;
        }
    }

    public async Task CompactDueAsync(CancellationToken ct)
    {
        foreach (DatasetId dataset in DequeueDue())
        {
            if (await TryCompactAsync(dataset, ct) is { Code.Status: >= 500 } failure)
            {
                LogNotCompacted(logger, dataset, failure.Message);
                Again(dataset);
            }
        }
    }

    /// <summary>Returns null when it was compacted. A damaged page of one dataset does not stop the compaction of others.</summary>
    private async Task<HutchError?> TryCompactAsync(DatasetId dataset, CancellationToken ct)
    {
        try
        {
            return (await compactor.CompactAsync(dataset, CompactionRequest.Automatic, ct)).Error;
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    /// <summary>Finds, after a start, the overlays from before it.</summary>
    private async Task FindUnfoldedAsync(CancellationToken ct)
    {
        IReadOnlyList<(DatasetId Dataset, long Rows)> unfolded = await records.ReadConsistentAsync(
            queries => queries.OverlaySummaries()
                .Select(summary => (queries.DatasetByKey(summary.Dataset)!.Id, summary.Rows))
                .ToList(),
            ct);
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            foreach ((DatasetId dataset, long rows) in unfolded)
            {
                _waiting.TryAdd(dataset, new Waiting(now, now, rows));
            }
        }
    }

    private void OnCommitted(IReadOnlyList<JournalRecord> committed)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (JournalRecord record in committed)
            {
                if (ChangedBy(record) is { } dataset)
                {
                    Waiting before = _waiting.GetValueOrDefault(dataset, new Waiting(now, now, 0));
                    _waiting[dataset] = before with { Last = now, Rows = before.Rows + 1 };
                }
            }
        }
    }

    private static DatasetId? ChangedBy(JournalRecord record) => record switch
    {
        JournalRecord.EntryPut put => put.Dataset,
        JournalRecord.EntryRemoved removed => removed.Dataset,
        JournalRecord.ResultRow row => row.Dataset,
        _ => null,
    };

    private List<DatasetId> DequeueDue()
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            var due = _waiting.Where(pair => IsDue(pair.Value, now)).Select(pair => pair.Key).ToList();
            due.ForEach(dataset => _waiting.Remove(dataset));
            return due;
        }
    }

    private bool IsDue(Waiting waiting, DateTimeOffset now) =>
        now - waiting.Last >= TimeSpan.FromSeconds(options.QuietSeconds)
        || now - waiting.First >= TimeSpan.FromSeconds(options.MaxAgeSeconds)
        || waiting.Rows >= options.MaxRows;

    private void Again(DatasetId dataset)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            _waiting.TryAdd(dataset, new Waiting(now, now, 1));
        }
    }

    [LoggerMessage(
        EventId = 3101, Level = LogLevel.Warning, Message = "The head of {Dataset} could not be folded; retrying: {Reason}")]
    private static partial void LogNotCompacted(ILogger logger, DatasetId dataset, string reason);

    private sealed record Waiting(DateTimeOffset First, DateTimeOffset Last, long Rows);
}
