using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Events;

/// <summary>
/// The events of the site, in order, from any point on: a cursor over the durable outbox. A reader that returns with the last number that
/// it has seen misses nothing.
/// </summary>
/// <remarks>Thread-safe. Waiting readers cost nothing until an event comes.</remarks>
public sealed class EventFeed : IDisposable
{
    private const int EventsAtOnce = 1000;

    private readonly Committer _committer;
    private readonly SiteDatabase _records;
    private readonly ConcurrentDictionary<EventSignal, byte> _signals = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventFeed(Committer committer, SiteDatabase records)
    {
        _committer = committer;
        _records = records;
        committer.Committed += OnCommitted;
    }

    /// <summary>Enumerates events after a sequence number, as they come; ends only when cancelled.</summary>
    /// <param name="after">The last number that the reader has seen; 0 for the oldest that is kept.</param>
    /// <param name="dataset">The dataset of the events; null for all.</param>
    public async IAsyncEnumerable<SiteEvent> ReadAsync(long after, DatasetId? dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            // Taken before the look: what happens between the look and the wait ends the wait at once.
            Task next = Volatile.Read(ref _next).Task;
            (IReadOnlyList<SiteEvent> events, long newest) = await _records.ReadConsistentAsync(
                queries => (queries.Events(after, dataset, EventsAtOnce), queries.NewestEvent()), ct);
            foreach (SiteEvent happened in events)
            {
                yield return happened;
                after = happened.Sequence;
            }

            if (events.Count == 0)
            {
                // Skipped events are not searched again.
                after = Math.Max(after, newest);
                await next.WaitAsync(ct);
            }
        }
    }

    /// <summary>Returns a signal for future commits of an event of one of these kinds (of any, without).</summary>
    internal EventSignal Listen(IEnumerable<string>? kinds)
    {
        var signal = new EventSignal(kinds, ended => _signals.TryRemove(ended, out _));
        _signals.TryAdd(signal, 0);
        return signal;
    }

    /// <summary>Ends at the next commit after this call.</summary>
    public Task NextAsync(CancellationToken ct) => Volatile.Read(ref _next).Task.WaitAsync(ct);

    public void Dispose() => _committer.Committed -= OnCommitted;

    private void OnCommitted(IReadOnlyList<JournalRecord> records)
    {
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        foreach ((EventSignal signal, _) in _signals)
        {
            signal.OnCommitted(records);
        }
    }
}
