namespace Hutch.Simulation.Tests.Support;

/// <summary>
/// A world with a clock of its own, in which one thing happens after the other: the same seed is the same story. What happens is
/// asynchronous in form only, as nothing in it waits for anything but the store.
/// </summary>
internal sealed class World(int seed)
{
    private readonly PriorityQueue<Func<Task>, (TimeSpan At, long Order)> _events = new();
    private long _order;

    /// <summary>Decides everything that is left to chance.</summary>
    public Random Chance { get; } = new(seed);

    /// <summary>How long the world has existed.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The clock of a machine, which may be set wrong. What it measures is right.</summary>
    public TimeProvider Clock(TimeSpan wrongBy = default) => new WorldClock(this, wrongBy);

    /// <summary>Lets something happen later.</summary>
    public void After(TimeSpan delay, Func<Task> what) => _events.Enqueue(what, (Now + delay, _order++));

    /// <summary>Lets the world go on until a time.</summary>
    public async Task RunUntilAsync(TimeSpan end)
    {
        while (_events.TryPeek(out Func<Task>? what, out (TimeSpan At, long Order) when) && when.At <= end)
        {
            _events.Dequeue();
            Now = when.At;
            await what();
        }

        Now = end;
    }

    private sealed class WorldClock(World world, TimeSpan wrongBy) : TimeProvider
    {
        private static readonly DateTimeOffset Beginning = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Beginning + world.Now + wrongBy;

        public override long GetTimestamp() => world.Now.Ticks;
    }
}
