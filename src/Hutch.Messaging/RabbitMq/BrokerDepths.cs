namespace Hutch.Messaging.RabbitMq;

/// <summary>
/// The queue lengths at the broker, for people: asked of the broker itself, without its management plug-in. Callers share the answer of the
/// last second, and never wait for a broker that does not answer.
/// </summary>
/// <remarks>Thread-safe. One request runs at a time, for any number of callers.</remarks>
/// <param name="bus">The broker. It covers the queues that this process has used.</param>
/// <param name="others">Further queues, by their names at the broker; missing ones are left out.</param>
public sealed class BrokerDepths(RabbitMqBus bus, IReadOnlyCollection<string> others)
{
    /// <summary>The longest that a caller waits for the broker.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The maximum age of an answer.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>A look that takes longer is given up, and another one begun.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task<IReadOnlyList<QueueDepth>>? _look;
    private long _begun;

    /// <summary>The broker without anything secret, for messages.</summary>
    public string Shown => bus.Options.Shown;

    /// <summary>Looks; ends within a second or so, whatever the broker does.</summary>
    public async Task<BrokerStatus> ReadAsync(CancellationToken cancellationToken)
    {
        if (bus.Trouble is { } trouble)
        {
            return new BrokerStatus(trouble, []);
        }

        try
        {
            return new BrokerStatus(null, await ProbeAsync().WaitAsync(ProbeTimeout, bus.Time, cancellationToken));
        }
        catch (Exception e) when (e is TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new BrokerStatus("it does not answer", []);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e))
        {
            return new BrokerStatus(BrokerConnection.Words(e), []);
        }
    }

    private Task<IReadOnlyList<QueueDepth>> ProbeAsync()
    {
        lock (_gate)
        {
            if (_look is null or { IsFaulted: true } or { IsCanceled: true }
                || (_look.IsCompleted && bus.Time.GetElapsedTime(_begun) > Fresh))
            {
                _begun = bus.Time.GetTimestamp();
                _look = OnceAsync();
            }

            return _look;
        }
    }

    private async Task<IReadOnlyList<QueueDepth>> OnceAsync()
    {
        using var stop = new CancellationTokenSource(LongestLook, bus.Time);
        return await bus.DepthsAsync(others, stop.Token);
    }
}

/// <param name="Trouble">The reason that it cannot be used now, as the end of a sentence; null while it can.</param>
public sealed record BrokerStatus(string? Trouble, IReadOnlyList<QueueDepth> Queues);
