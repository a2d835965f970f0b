namespace Hutch.Server;

/// <summary>
/// Gives memory back after a load: what a load has left behind is collected only when the next one needs room, and a server at rest would
/// keep it for ever.
/// </summary>
/// <param name="allocated">How many bytes were allocated since the start.</param>
/// <param name="giveBack">Collects everything and gives the system what is free; nothing else runs meanwhile.</param>
internal sealed class IdleMemoryRelease(Func<long> allocated, Action giveBack, TimeProvider time)
{
    /// <summary>A server that allocates less between two looks is at rest: nobody waits for the collection.</summary>
    internal const long RestBytes = 16L << 20;

    /// <summary>What a load has to have allocated for a collection to be worthwhile.</summary>
    internal const long WorthwhileBytes = 64L << 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private long _last;
    private long _given;

    /// <summary>For this process.</summary>
    public IdleMemoryRelease(TimeProvider time)
        : this(
            static () => GC.GetTotalAllocatedBytes(),
            static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true),
            time)
    {
    }

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(LookEvery, time, ct);
            Check();
        }
    }

    /// <summary>Gives memory back if there was a load, and it is over.</summary>
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
