using System.Collections.Concurrent;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;

namespace Hutch.Processing.Feeding;

/// <summary>
/// Sends the frames of runs whose recipe begins with a service of others: a message with an address for each. It holds the lease of a frame
/// until the service has read it, so that a frame whose message was lost, or waited too long, gets a new message with a new address.
/// </summary>
/// <remarks>
/// Messages should not wait longer than their address lasts. So only a few are at the broker at a time, twice as many as the queue has
/// readers, and none while it has no reader.
/// </remarks>
/// <param name="depth">Asks the broker for the length of a queue; null when there is none.</param>
public sealed partial class FrameFeeder(
    RunDispatcher dispatcher, RunServices runs, FrameAddresses addresses, RecipeQueues queues, IMessageBus bus,
    Func<string, CancellationToken, ValueTask<QueueDepth?>> depth, TimeProvider time, ILogger<FrameFeeder> logger)
{
    private const int MessagesPerReader = 2;
    private const int MaxMessages = 256;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);

    /// <summary>The age of a message at which it is decided whether it still waits at the broker.</summary>
    private static readonly TimeSpan DecideAfter = FrameAddresses.Life - TimeSpan.FromSeconds(3);

    /// <summary>The time between two questions about the length of a queue.</summary>
    private static readonly TimeSpan AskAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest time in which the broker takes a message; later, its address would have too little left.</summary>
    private static readonly TimeSpan LongestPublish = FrameAddresses.Life / 4;

    private static readonly TimeSpan AvoidFor = TimeSpan.FromSeconds(30);

    private static readonly WorkerName Finder = new("", "recipes");

    /// <summary>Sends frames until cancelled; what is not read then is sent again after the next start.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var running = new ConcurrentDictionary<Guid, Lazy<Task>>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                FrameLeaseRequest request = Request(Finder) with { Except = [.. running.Keys] };
                if ((await dispatcher.LeaseAsync(request, Wait, stop.Token)).Lease is { } first)
                {
                    // Each run has a worker of its own, so that its frames are not blamed for those of another queue.
                    dispatcher.Return(first.Id, Finder);
                    _ = running.GetOrAdd(
                        first.Run, run => new Lazy<Task>(() => ExecuteAsync(run, running, stop.Token))).Value;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running.Values.Select(static run => run.Value));
        }
    }

    private static FrameLeaseRequest Request(WorkerName worker) => new()
    {
        Worker = worker,
        Namespace = WorkerNamespace.Default,
        Programs = new HashSet<string>(),
        Steps = [RunRecipe.Feed],
        Life = FrameAddresses.Life,
    };

    private async Task ExecuteAsync(Guid run, ConcurrentDictionary<Guid, Lazy<Task>> running, CancellationToken ct)
    {
        await Task.Yield();
        var worker = new WorkerName("", $"queue of run {run:N}");
        try
        {
            if (await runs.Registry.FindActiveAsync(run, ct) is { } active)
            {
                await FeedAsync(active, worker, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Its leases end with the process.
        }
        catch (Exception e)
        {
            LogFailed(logger, run, e);
            await Task.Delay(AvoidFor, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            dispatcher.Leave(worker);
            running.TryRemove(run, out _);
        }
    }

    private async Task FeedAsync(ActiveRun run, WorkerName worker, CancellationToken ct)
    {
        FrameLeaseRequest request = Request(worker) with { Run = run.Id };
        Result<FrameMessages> found = await FrameMessages.OfAsync(run, queues, runs.Inputs, ct);
        if (!found.TryGet(out FrameMessages? messages, out HutchError? refusal))
        {
            if ((await dispatcher.LeaseAsync(request, Wait, ct)).Lease is { } refused)
            {
                dispatcher.FailRun(refused.Id, worker, refusal);
            }

            return;
        }

        await bus.DeclareAsync(new BusQueue { Name = messages.Queue, IsShared = true }, ct);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var waiting = new WaitingMessages(messages.Queue);
        var watched = new List<Task>();
        try
        {
            while (true)
            {
                await RoomAsync(waiting, ct);
                if ((await dispatcher.LeaseAsync(request, Timeout.InfiniteTimeSpan, ct)).Lease is not { } lease)
                {
                    return;
                }

                FrameDelivery delivery = addresses.Add(lease, worker);
                if (await SendAsync(messages, delivery, ct))
                {
                    waiting.Add();
                    watched.RemoveAll(static task => task.IsCompleted);
                    watched.Add(WatchAsync(delivery, waiting, over.Token));
                }
            }
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(watched);
        }
    }

    /// <summary>Waits until the queue has readers, and few enough messages for them.</summary>
    private async Task RoomAsync(WaitingMessages waiting, CancellationToken ct)
    {
        while (true)
        {
            if (waiting.Asked is not { } asked || time.GetElapsedTime(asked) > AskAfter)
            {
                QueueDepth? now = await depth(waiting.Queue, ct);
                int most = Math.Min(MessagesPerReader * (now?.Consumers ?? 0), MaxMessages);
                waiting.Room = now?.Ready < most ? most : 0;
                waiting.Asked = time.GetTimestamp();
            }

            Task change = waiting.Change;
            if (waiting.Count < waiting.Room && !addresses.IsFull)
            {
                return;
            }

            await change.WaitAsync(AskAfter, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sends a message; false if the broker did not take it soon enough. The frame is then sent again.</summary>
    private async Task<bool> SendAsync(FrameMessages messages, FrameDelivery delivery, CancellationToken ct)
    {
        QueuedMessage message = messages.Of(delivery, addresses.PathOf(delivery));
        using var limit = new CancellationTokenSource(LongestPublish, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await bus.PublishAsync(message.Queue, message.Headers, message.Body, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            addresses.Remove(delivery);
            dispatcher.Return(delivery.Lease.Id, delivery.Worker);
            return false;
        }
        catch (InvalidOperationException e)
        {
            addresses.Remove(delivery);
            dispatcher.FailRun(
                delivery.Lease.Id, delivery.Worker, ErrorCode.Unprocessable.With($"The frames cannot be sent: {e.Message}"));
            return false;
        }
    }

    /// <summary>Removes an address when its minute, or its run, is over.</summary>
    private async Task WatchAsync(FrameDelivery delivery, WaitingMessages waiting, CancellationToken over)
    {
        try
        {
            await delivery.Opened.WaitAsync(DecideAfter, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // A message that still waits at the broker is no fault of its frame. One that was taken, and whose frame was not read, counts
            // as a failed attempt when its lease ends.
            if (!delivery.Opened.IsCompleted && !over.IsCancellationRequested && await depth(waiting.Queue, over) is { Ready: > 0 })
            {
                dispatcher.Return(delivery.Lease.Id, delivery.Worker);
            }
        }
        catch (Exception e) when (!over.IsCancellationRequested)
        {
            LogUnwatched(logger, delivery.Lease.Run, e);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        finally
        {
            waiting.Remove();
        }

        TimeSpan left = delivery.Expires - time.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        addresses.Remove(delivery);
    }

    [LoggerMessage(EventId = 6111, Level = LogLevel.Error, Message = "The frames of run {Run} are not sent for a while")]
    private static partial void LogFailed(ILogger logger, Guid run, Exception exception);

    [LoggerMessage(EventId = 6112, Level = LogLevel.Warning, Message = "The queue of run {Run} cannot be seen")]
    private static partial void LogUnwatched(ILogger logger, Guid run, Exception exception);
}
