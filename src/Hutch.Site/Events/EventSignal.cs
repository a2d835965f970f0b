using System.Collections.Frozen;
using System.Threading.Channels;
using Hutch.Catalog.Site;
using Hutch.Model.Records;

namespace Hutch.Site.Events;

/// <summary>
/// Wakes a reader of the outbox that waits for events of some kinds; the many of other kinds cost it nothing. For a single waiter.
/// </summary>
internal sealed class EventSignal(IEnumerable<string>? kinds, Action<EventSignal> ended) : IDisposable
{
    private readonly FrozenSet<string>? _kinds = kinds?.ToFrozenSet(StringComparer.Ordinal);

    // Several at once are one.
    private readonly Channel<bool> _given = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Returns when something was committed since the last wait.</summary>
    public async Task WaitAsync(CancellationToken ct) => await _given.Reader.ReadAsync(ct);

    public void Dispose() => ended(this);

    /// <summary>Called with the records of each group.</summary>
    internal void Note(IReadOnlyList<JournalRecord> records)
    {
        foreach (JournalRecord record in records)
        {
            if (SiteWriter.KindOf(record) is { } kind && _kinds?.Contains(kind) != false)
            {
                _given.Writer.TryWrite(true);
                return;
            }
        }
    }
}
