using System.Runtime.CompilerServices;

namespace Hutch.Messaging.RabbitMq;

/// <summary>The queues at the broker and their dead letters, those of Zocalo's services too.</summary>
/// <remarks>
/// A quorum queue counts how often a message was returned, and RabbitMQ 4 deletes one that was returned more than twenty times. A letter
/// that was looked at a few times is therefore replaced by a copy with a new count, at the end of its queue.
/// </remarks>
public sealed class BrokerQueues(RabbitMqBus bus, BrokerDepths depths) : IQueueAdministration
{
    /// <summary>So many returns are left to a letter before it is replaced.</summary>
    private const int MaxReturns = 3;

    /// <summary>The most questions for returned letters: another program may have taken them.</summary>
    private const int MaxAsked = 50;

    private static readonly TimeSpan AskAfter = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(60);

    public async Task<Result<IReadOnlyList<QueueDepth>>> ListAsync(CancellationToken cancellationToken)
    {
        BrokerStatus status = await depths.ReadAsync(cancellationToken);
        return status.Trouble is { } trouble ? Unavailable(trouble) : Result<IReadOnlyList<QueueDepth>>.Ok(status.Queues);
    }

    public Task<Result<LetterList>> ReadAsync(string queue, int most, CancellationToken cancellationToken) => AtBrokerAsync<LetterList>(
        queue,
        async (channel, _, ct) =>
        {
            var letters = new List<LetterSummary>();
            long total = 0;
            await foreach (BasicGetResult letter in TakeAsync(channel, queue, Math.Min(most, IQueueAdministration.MaxShown), ct))
            {
                total = letters.Count == 0 ? letter.MessageCount + 1L : total;
                IReadOnlyBasicProperties properties = letter.BasicProperties;
                letters.Add(LetterSummary.From(
                    new BusMessage(queue, null, MessageHeaders.FromWire(properties.Headers), letter.Body)));
                if (MessageHeaders.Attempt(properties.Headers, letter.Redelivered) > MaxReturns
                    && await bus.Publisher.TryToQueueAsync(queue, Copy(properties, MessageHeaders.IsCount), letter.Body.ToArray(), ct))
                {
                    await channel.BasicAckAsync(letter.DeliveryTag, multiple: false, ct);
                }
            }

            // The end of the channel returns the others to the front of the queue; a negative acknowledgement would put them at its end.
            await channel.CloseAsync(ct);
            await AwaitReturnAsync(queue, total, ct);
            return new LetterList(total, letters);
        },
        cancellationToken);

    public Task<Result<long>> DrainAsync(string queue, CancellationToken cancellationToken) => AtBrokerAsync<long>(
        queue, async (channel, _, ct) => (long)await channel.QueuePurgeAsync(queue, ct), cancellationToken);

    public Task<Result<ResentLetters>> ResendAsync(string queue, int most, CancellationToken cancellationToken) =>
        AtBrokerAsync<ResentLetters>(
            queue,
            async (channel, target, ct) =>
            {
                // Asked first: a letter that is taken in vain comes closer to the limit of its returns.
                if (!await bus.ExistsAsync(target, ct))
                {
                    return await bus.ExistsAsync(queue, ct)
                        ? IQueueAdministration.NoTarget(queue, target)
                        : IQueueAdministration.NoQueue(queue);
                }

                var resent = new ResentLetters(0, 0);
                await foreach (BasicGetResult letter in TakeAsync(channel, queue, Math.Min(most, IQueueAdministration.MaxResent), ct))
                {
                    BasicProperties fresh = Copy(letter.BasicProperties, DeadLetter.IsOfFailure);
                    if (!await bus.Publisher.TryToQueueAsync(target, fresh, letter.Body.ToArray(), ct))
                    {
                        return IQueueAdministration.NoTarget(queue, target);
                    }

                    await channel.BasicAckAsync(letter.DeliveryTag, multiple: false, ct);
                    resent = new ResentLetters(resent.Sent + 1, letter.MessageCount);
                }

                return resent;
            },
            cancellationToken);

    /// <summary>
    /// Waits until returned letters are in the queue again, which takes the broker a moment: the next request would find the others only.
    /// </summary>
    private async Task AwaitReturnAsync(string queue, long total, CancellationToken ct)
    {
        await using IChannel channel = await bus.OpenChannelAsync(ct);
        for (int asked = 0; asked < MaxAsked && await channel.MessageCountAsync(queue, ct) < total; asked++)
        {
            await Task.Delay(AskAfter, bus.Time, ct);
        }
    }

    /// <summary>Takes the oldest letters, at most those that are there at the beginning: one may come back meanwhile.</summary>
    private static async IAsyncEnumerable<BasicGetResult> TakeAsync(
        IChannel channel, string queue, long most, [EnumeratorCancellation] CancellationToken ct)
    {
        for (long taken = 0; taken < most && await channel.BasicGetAsync(queue, autoAck: false, ct) is { } letter; taken++)
        {
            most = taken == 0 ? Math.Min(most, letter.MessageCount + 1L) : most;
            yield return letter;
        }
    }

    private static BasicProperties Copy(IReadOnlyBasicProperties of, Func<string, bool> without)
    {
        // The broker accepts a user id only from that user.
        var copy = new BasicProperties(of) { Persistent = true, UserId = null };
        copy.Headers = of.Headers?.Where(header => !without(header.Key) && !MessageHeaders.IsCount(header.Key)).ToDictionary();
        return copy;
    }

    /// <summary>Works with a channel on a queue of dead letters, and the queue that they come from.</summary>
    private async Task<Result<T>> AtBrokerAsync<T>(
        string queue, Func<IChannel, string, CancellationToken, Task<Result<T>>> work, CancellationToken cancellationToken)
    {
        string name = bus.Names.NameOf(queue);
        if (BusQueue.OriginOf(name) is not { } origin)
        {
            return IQueueAdministration.NotOfLetters(queue);
        }

        if (bus.Trouble is { } trouble)
        {
            return Unavailable(trouble);
        }

        using var limit = new CancellationTokenSource(LongestRequest, bus.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using IChannel channel = await bus.OpenChannelAsync(stop.Token);
            return await work(channel, queue[..^name.Length] + origin, stop.Token);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return IQueueAdministration.NoQueue(queue);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e) && !bus.IsConnected)
        {
            return Unavailable(BrokerConnection.Words(e));
        }
        catch (Exception e) when (BrokerConnection.IsLost(e) || e is InvalidOperationException)
        {
            return ErrorCode.Unprocessable.With($"The broker {bus.Options.Shown} refused this: {BrokerConnection.Words(e)}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable("it does not answer");
        }
    }

    private HutchError Unavailable(string trouble) =>
        ErrorCode.Unavailable.With($"The message broker {bus.Options.Shown} cannot be used: {trouble}.");
}
