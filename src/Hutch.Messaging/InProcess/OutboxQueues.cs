using System.Runtime.CompilerServices;

namespace Hutch.Messaging.InProcess;

/// <summary>
/// The dead letters of the bus inside one process: messages in the outbox after the position of their queue. The outbox forgets old lines,
/// and letters with them.
/// </summary>
/// <remarks>Changes wait for each other, so that none moves a position back behind another one.</remarks>
public sealed class OutboxQueues(IOutbox outbox, ICursorStore cursors) : IQueueAdministration, IDisposable
{
    private const int MessagesAtOnce = 500;

    /// <summary>The most published messages in which letters are searched.</summary>
    private const int MaxSearched = 200_000;

    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<Result<IReadOnlyList<QueueDepth>>> ListAsync(CancellationToken cancellationToken)
    {
        var positions = new Dictionary<string, long>(StringComparer.Ordinal);
        var letters = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await foreach (OutboxMessage message in PublishedAsync(0, cancellationToken))
        {
            string queue = message.Queue!;
            if (!BusQueue.IsDeadLetters(queue))
            {
                continue;
            }

            if (!positions.TryGetValue(queue, out long position))
            {
                position = await cursors.LoadAsync(queue, cancellationToken) ?? long.MaxValue;
                positions[queue] = position;
            }

            if (message.Sequence > position)
            {
                letters[queue] = letters.GetValueOrDefault(queue) + 1;
            }
        }

        return Result<IReadOnlyList<QueueDepth>>.Ok(
            [.. letters.Select(queue => new QueueDepth(queue.Key, queue.Value, null, 0, IsDeadLetters: true))]);
    }

    public async Task<Result<LetterList>> ReadAsync(string queue, int most, CancellationToken cancellationToken)
    {
        if (!(await PositionAsync(queue, cancellationToken)).TryGet(out long position, out HutchError? refusal))
        {
            return refusal;
        }

        long total = 0;
        var letters = new List<LetterSummary>();
        await foreach (OutboxMessage letter in LettersAsync(queue, position, cancellationToken))
        {
            if (total++ < Math.Min(most, IQueueAdministration.MaxShown))
            {
                letters.Add(LetterSummary.From(letter.Message));
            }
        }

        return new LetterList(total, letters);
    }

    public async Task<Result<long>> DrainAsync(string queue, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!(await PositionAsync(queue, cancellationToken)).TryGet(out long position, out HutchError? refusal))
            {
                return refusal;
            }

            long total = 0;
            await foreach (OutboxMessage letter in LettersAsync(queue, position, cancellationToken))
            {
                position = letter.Sequence;
                total++;
            }

            await cursors.SaveAsync(queue, position, cancellationToken);
            return total;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<Result<ResentLetters>> ResendAsync(string queue, int most, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!(await PositionAsync(queue, cancellationToken)).TryGet(out long position, out HutchError? refusal))
            {
                return refusal;
            }

            string target = BusQueue.OriginOf(queue)!;
            if (await cursors.LoadAsync(target, cancellationToken) is null)
            {
                return IQueueAdministration.NoTarget(queue, target);
            }

            long sent = 0;
            long left = 0;
            await foreach (OutboxMessage letter in LettersAsync(queue, position, cancellationToken))
            {
                if (sent == Math.Min(most, IQueueAdministration.MaxResent))
                {
                    left++;
                    continue;
                }

                await outbox.PublishAsync(target, Fresh(letter.Message), letter.Message.Body, cancellationToken);
                await cursors.SaveAsync(queue, letter.Sequence, cancellationToken);
                sent++;
            }

            return new ResentLetters(sent, left);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static Dictionary<string, string> Fresh(BusMessage letter) => letter.Headers
        .Where(header => !DeadLetter.IsOfFailure(header.Key)).ToDictionary(StringComparer.Ordinal);

    private async ValueTask<Result<long>> PositionAsync(string queue, CancellationToken cancellationToken) =>
        !BusQueue.IsDeadLetters(queue) ? IQueueAdministration.NotOfLetters(queue)
            : await cursors.LoadAsync(queue, cancellationToken) is long position ? position
            : IQueueAdministration.NoQueue(queue);

    private IAsyncEnumerable<OutboxMessage> LettersAsync(string queue, long after, CancellationToken cancellationToken) =>
        PublishedAsync(after, cancellationToken).Where(message => message.Queue == queue);

    /// <summary>Reads the messages that are there now: what is sent meanwhile is left for the next time.</summary>
    private async IAsyncEnumerable<OutboxMessage> PublishedAsync(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long newest = await outbox.NewestAsync(cancellationToken);
        for (int searched = 0; searched < MaxSearched; searched += MessagesAtOnce)
        {
            IReadOnlyList<OutboxMessage> found = await outbox.PublishedAsync(after, MessagesAtOnce, cancellationToken);
            foreach (OutboxMessage message in found.TakeWhile(message => message.Sequence <= newest))
            {
                yield return message;
            }

            if (found.Count < MessagesAtOnce || found[^1].Sequence > newest)
            {
                yield break;
            }

            after = found[^1].Sequence;
        }
    }
}
