using System.Runtime.CompilerServices;

namespace Hutch.Messaging.InProcess;

/// <summary>
/// The one reader of a queue: a loop reads the outbox as far as the prefetch allows, and the position follows the answers.
/// </summary>
internal sealed class OutboxSubscription : IBusSubscription
{
    /// <summary>The position is saved each time it has moved by so many lines, and at the end: a crash repeats at most these.</summary>
    private const long LinesPerSave = 1000;

    private readonly IOutbox _outbox;
    private readonly ICursorStore _cursors;
    private readonly IMessageBus _bus;
    private readonly Action<OutboxSubscription> _released;
    private readonly long _start;
    private readonly OutboxWindow _window;
    private readonly SemaphoreSlim _slots;
    private readonly Channel<OutboxDelivery> _ready = Channel.CreateUnbounded<OutboxDelivery>();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    public OutboxSubscription(
        BusQueue queue, long position, IOutbox outbox, ICursorStore cursors, IMessageBus bus, Action<OutboxSubscription> released)
    {
        Queue = queue;
        _start = position;
        _outbox = outbox;
        _cursors = cursors;
        _bus = bus;
        _released = released;
        _window = new OutboxWindow(position);
        _slots = new SemaphoreSlim(queue.Prefetch, queue.Prefetch);
    }

    public BusQueue Queue { get; }

    public async IAsyncEnumerable<Delivery> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _reading = PumpAsync(_stop.Token);
        await foreach (OutboxDelivery delivery in _ready.Reader.ReadAllAsync(cancellationToken))
        {
            yield return delivery;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await SaveAsync(1, CancellationToken.None);
        _released(this);
        _stop.Dispose();
        _slots.Dispose();
    }

    internal async ValueTask AckAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        if (_window.Close(delivery.Line.Sequence))
        {
            FreeSlot();
            await SaveAsync(LinesPerSave, cancellationToken);
        }
    }

    internal async ValueTask NackAsync(OutboxDelivery delivery, bool requeue, string reason, CancellationToken cancellationToken)
    {
        if (requeue && delivery.Attempt < Queue.MaxDeliveries)
        {
            _ready.Writer.TryWrite(new OutboxDelivery(this, delivery.Line, delivery.Attempt + 1));
            return;
        }

        await _bus.PublishAsync(
            Queue.DeadLetters, DeadLetter.Headers(delivery, Queue.Name, reason), delivery.Message.Body, cancellationToken);
        await AckAsync(delivery, cancellationToken);
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        try
        {
            string[] topics = [.. Queue.Bindings.Select(binding => binding.Topic).Distinct(StringComparer.Ordinal)];
            await foreach (OutboxMessage line in _outbox.ReadAsync(_start, topics, cancellationToken))
            {
                if (!FlowsIn(line))
                {
                    _window.Pass(line.Sequence);
                    continue;
                }

                await _slots.WaitAsync(cancellationToken);
                _window.Open(line.Sequence);
                _ready.Writer.TryWrite(new OutboxDelivery(this, line, 1));
            }

            _ready.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            _ready.Writer.TryComplete();
        }
        catch (Exception e)
        {
            // The reader gets the failure and decides if it begins anew.
            _ready.Writer.TryComplete(e);
        }
    }

    private bool FlowsIn(OutboxMessage line) => line.Queue is { } published
        ? string.Equals(published, Queue.Name, StringComparison.Ordinal)
        : Queue.Bindings.Any(binding => binding.Matches(line.Message.Topic, line.Message.Dataset));

    private void FreeSlot()
    {
        try
        {
            _slots.Release();
        }
        catch (ObjectDisposedException)
        {
            // Answered after the reading ended: nothing waits for the slot any more.
        }
    }

    private async ValueTask SaveAsync(long least, CancellationToken cancellationToken)
    {
        if (_window.TakeMoved(least) is long position)
        {
            await _cursors.SaveAsync(Queue.Name, position, cancellationToken);
        }
    }
}
