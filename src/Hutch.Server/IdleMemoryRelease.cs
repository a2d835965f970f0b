namespace Hutch.Server;

/// <summary>
/// Returns memory to the system after a load. The garbage of a load is collected only when the next load needs memory, and an idle server
/// would keep it forever.
/// </summary>
/// <param name="allocated">Returns the number of bytes allocated since the start.</param>
/// <param name="giveBack">Collects everything and returns free memory to the system; all else pauses during this time.</param>
internal sealed class IdleMemoryRelease(Func<long> allocated, Action giveBack, TimeProvider time)
{
    /// <summary>A server that allocates fewer bytes between two checks is idle: no request waits for the collection.</summary>
    internal const long RestBytes = 8L << 20;

    /// <summary>The fewest allocated bytes that make a collection worthwhile.</summary>
    internal const long WorthwhileBytes = 64L << 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    private long _last;
    private long _given;

    public IdleMemoryRelease(TimeProvider time)
        : this(
            static () => GC.GetTotalAllocatedBytes(),
            static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true),
            time)
    {
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(LookEvery, time, ct);
            Check();
        }
    }

    internal void Check()
    {
        long now = allocated();
        bool isAtRest = now - _last < RestBytes;
        _last = now;
        if (isAtRest && now - _given >= WorthwhileBytes)
        {
            giveBack();
            _given = now;
        }
    }
}
