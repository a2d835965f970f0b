using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Hutch.Messaging;
using Hutch.Messaging.InProcess;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Events;

/// <summary>The durable outbox of a site for the bus inside the process. The body of an event is its line of the journal.</summary>
public sealed class SiteOutbox(SiteDatabase records, EventFeed feed, Committer committer) : IOutbox
{
    private const string Published = "message.published";
    private const int LinesAtOnce = 500;

    private long _keptAfter = long.MaxValue;
    private Func<CancellationToken, ValueTask<long?>>? _sent;

    /// <summary>Keeps lines until a server has sent them, according to the saved cursor of this name.</summary>
    public void RetainUnsent(ICursorStore cursors, string name) => _sent = ct => cursors.LoadAsync(name, ct);

    /// <summary>Returns the position after which lines are still needed, here or at another server.</summary>
    internal async ValueTask<long> RetainedAfterAsync(CancellationToken ct)
    {
        long here = Volatile.Read(ref _keptAfter);
        return _sent is not null && await _sent(ct) is long sent ? Math.Min(here, sent) : here;
    }

    public void RetainAfter(long sequence) => Volatile.Write(ref _keptAfter, sequence);

    public ValueTask<long> NewestAsync(CancellationToken cancellationToken) =>
        records.ReadAsync(static queries => queries.NewestEvent(), cancellationToken);

    public async IAsyncEnumerable<OutboxMessage> ReadAsync(
        long after, IReadOnlyCollection<string>? topics, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[]? kinds = topics is null ? null : [.. topics, Published];

        // Listening before the first look: what happens between a look and a wait ends the wait at once.
        using EventSignal signal = feed.Listen(kinds);
        while (true)
        {
            (IReadOnlyList<SiteEvent> events, long newest) = await records.ReadConsistentAsync(
                queries => (
                    kinds is null ? queries.Events(after, dataset: null, LinesAtOnce) : queries.Events(after, kinds, LinesAtOnce),
                    queries.NewestEvent()),
                cancellationToken);
            foreach (SiteEvent happened in events)
            {
                yield return ToMessage(happened);
                after = happened.Sequence;
            }

            if (events.Count == 0)
            {
                // Skipped events are not searched again.
                after = Math.Max(after, newest);
                await signal.WaitAsync(cancellationToken);
            }
        }
    }

    public async ValueTask<IReadOnlyList<OutboxMessage>> PublishedAsync(long after, int most, CancellationToken cancellationToken)
    {
        IReadOnlyList<SiteEvent> events = await records.ReadAsync(
            queries => queries.Events(after, [Published], most), cancellationToken);
        return [.. events.Select(ToMessage)];
    }

    public async ValueTask PublishAsync(
        string queue, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        JsonElement content = Parse(body);
        var message = new JournalRecord.MessagePublished(queue, headers.Count == 0 ? null : headers, content);
        Result<Done> published = await committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(message);
                return Done.Value;
            },
            [],
            cancellationToken);
        _ = published.Value;
    }

    private static OutboxMessage ToMessage(SiteEvent happened)
    {
        byte[] line = Encoding.UTF8.GetBytes(happened.Data);
        return happened.Kind == Published && RecordJson.Read(line) is JournalRecord.MessagePublished message
            ? new OutboxMessage(
                happened.Sequence,
                message.Queue,
                new BusMessage(
                    message.Queue, null, message.Headers ?? BusMessage.NoHeaders, Encoding.UTF8.GetBytes(message.Body.GetRawText())))
            : new OutboxMessage(happened.Sequence, null, new BusMessage(happened.Kind, happened.Dataset, BusMessage.NoHeaders, line));
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }
}
