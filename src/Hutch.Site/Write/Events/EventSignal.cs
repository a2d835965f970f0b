using System.Collections.Frozen;

namespace Hutch.Site.Write.Events;

/// <summary>
/// Wakes a reader of the outbox that waits for events of some kinds; the many of other kinds cost it nothing. For a single waiter.
/// </summary>
internal sealed class EventSignal(IEnumerable<string>? kinds, Action<EventSignal> ended) : IDisposable
{
    private readonly FrozenSet<string>? _kinds = kinds?.ToFrozenSet(StringComparer.Ordinal);

    private readonly WakeSignal _given = new();

    /// <summary>Returns when there was a commit since the last wait.</summary>
    public Task WaitAsync(CancellationToken ct) => _given.WaitAsync(ct);

    public void Dispose() => ended(this);

    internal void OnCommitted(IReadOnlyList<JournalRecord> records)
    {
        foreach (JournalRecord record in records)
        {
            if (SiteWriter.KindOf(record) is { } kind && _kinds?.Contains(kind) != false)
            {
                _given.Wake();
                return;
            }
        }
    }
}
