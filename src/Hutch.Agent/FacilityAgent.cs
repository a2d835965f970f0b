using System.Collections.Concurrent;
using Hutch.Agent.Adopting;
using Hutch.Agent.Publishing;
using Hutch.Agent.Retention;
using Hutch.Agent.Rules;
using Hutch.Agent.Watching;

namespace Hutch.Agent;

/// <summary>
/// The facility agent: looks at folders when something has changed there, several at a time but each only once, and publishes them.
/// </summary>
internal sealed partial class FacilityAgent(
    IReadOnlyList<FolderRule> rules, FolderQueue queue, FolderWatcher watcher, FolderSessions sessions, FolderPublisher publisher,
    AdoptedFolderPublisher adopted, FolderRecords records, RetentionRunner retention, TimeProvider time,
    ILogger<FacilityAgent> logger) : IDisposable
{
    private const int LooksAtOnce = 4;

    // Timestamps: the clock of the system may be set back.
    private readonly ConcurrentDictionary<string, long> _later = new(StringComparer.Ordinal);

    /// <summary>The clock of how long files stay.</summary>
    internal RetentionRunner Retention => retention;

    public async Task RunAsync(CancellationToken ct)
    {
        await QueuePublishedAsync(ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        IEnumerable<Task> looks = Enumerable.Range(0, LooksAtOnce).Select(_ => Task.Run(() => ScanAsync(stop.Token), stop.Token));
        Task[] parts = [watcher.RunAsync(stop.Token), retention.RunAsync(stop.Token), QueueLaterAsync(stop.Token), .. looks];

        // When one of them fails, all begin again.
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }

    public void Dispose() => watcher.Dispose();

    /// <summary>Queues published folders, including those that no longer exist, which no round would find.</summary>
    private async Task QueuePublishedAsync(CancellationToken ct)
    {
        foreach (SiteDataset dataset in await records.ListAsync(ct))
        {
            if (adopted.Add(dataset) is { } request)
            {
                queue.Add(request);
            }
            else if (FolderRule.Find(rules, dataset.Folder!) is { } rule)
            {
                queue.Add(new FolderScanRequest(dataset.Folder!, rule));
            }
        }
    }

    private async Task ScanAsync(CancellationToken ct)
    {
        while (true)
        {
            FolderScanRequest request = await queue.TakeAsync(ct);
            try
            {
                await ScanAsync(request, ct);
            }
            finally
            {
                queue.Done(request);
            }
        }
    }

    internal async Task ScanAsync(FolderScanRequest request, CancellationToken ct)
    {
        FolderSession session = sessions.GetOrAdd(request);
        PublishedFolder? before = session.Retained;
        PublishOutcome outcome;
        try
        {
            outcome = request.Rule.IsAdopted
                ? await adopted.PublishAsync(session, request, ct)
                : await publisher.PublishAsync(session, request, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever failed, no other folder is to notice: all of it again later.
            session.Remove();
            session.Status = session.Status with { State = FacilityFolderState.Attention, Problem = $"looking at it failed: {e.Message}" };
            outcome = new PublishOutcome { IsActive = true, LookAgain = FolderPublisher.Retry.DelayAfter(++session.Failures) };
            LogFailed(logger, e, Display.Name(request.Folder));
        }

        if ((before?.Dataset, before?.AcquisitionEnded, before?.Removal)
            != (session.Retained?.Dataset, session.Retained?.AcquisitionEnded, session.Retained?.Removal))
        {
            retention.Wake();
        }

        if (!outcome.IsGone)
        {
            watcher.Keep(request, outcome.IsActive, session.Result);
        }

        foreach (string folder in outcome.Concerned)
        {
            if (sessions.Find(folder) is { } other)
            {
                other.MustBeginAnew = true;
                queue.Add(other.Request);
            }
        }

        if (outcome.LookAgain is { } wait)
        {
            _later[request.Folder] = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        }
    }

    private async Task QueueLaterAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            long now = time.GetTimestamp();
            foreach (KeyValuePair<string, long> due in _later.Where(one => one.Value <= now))
            {
                if (_later.TryRemove(due) && sessions.Find(due.Key) is { } session)
                {
                    queue.Add(session.Request);
                }
            }
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "Cannot look at the folder {Folder}; tried again")]
    private static partial void LogFailed(ILogger logger, Exception e, string folder);
}
