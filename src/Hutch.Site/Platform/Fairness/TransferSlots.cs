using System.Diagnostics.Metrics;

namespace Hutch.Site.Platform.Fairness;

/// <summary>
/// Admits the parts of large transfers. A part takes a slot before it takes memory, and returns it once it has been passed on. So large
/// transfers never have more than half of the payload pool, and no more of them than there are processors work at a time. A body that is
/// one member (up to a megabyte) needs no slot.
/// </summary>
public sealed class TransferSlots : IDisposable
{
    private readonly Meter _meter = new("Hutch.Datasets");
    private readonly PayloadPool _pool;
    private readonly int _partBytes;
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount, Environment.ProcessorCount);

    public TransferSlots(FairnessOptions options, PayloadPool pool, int partBytes, TimeProvider time)
    {
        _pool = pool;
        _partBytes = partBytes;
        int places = options.BulkSlots > 0 ? options.BulkSlots : (int)Math.Max(2, pool.CapacityBytes / 2 / partBytes);
        Scheduler = new FairScheduler(places, options.UserPercent, options.Shares);
        Registry = new ActiveRequests(time, options.InteractiveBytes);
        _meter.CreateObservableGauge(
            "hutch.work.waiting", () => Scheduler.Waiting, description: "Parts of large transfers that wait for their turn");
        _meter.CreateObservableGauge(
            "hutch.work.taken", () => Scheduler.Taken, description: "Parts of large transfers that are on their way");
    }

    public FairScheduler Scheduler { get; }

    public ActiveRequests Registry { get; }

    /// <summary>
    /// Takes a slot for a part of the current work, on behalf of its user. While any request waits for a slot, parts that wait for a slow
    /// network are asked to release theirs.
    /// </summary>
    public ValueTask<IDisposable> EnterAsync(int bytes, CancellationToken ct)
    {
        ValueTask<IDisposable> slot = Scheduler.EnterAsync(RequestScope.User, RequestScope.Class, bytes, ct);
        return slot.IsCompleted ? slot : WaitAsync(slot);
    }

    /// <summary>Takes a slot if one is free and no request waits for it; null otherwise.</summary>
    public IDisposable? TryEnter(int bytes) => Scheduler.TryEnter(RequestScope.User, RequestScope.Class, bytes);

    private async ValueTask<IDisposable> WaitAsync(ValueTask<IDisposable> slot)
    {
        using IDisposable want = _pool.Want(_partBytes);
        return await slot;
    }

    /// <summary>Waits for a processor slot, then does processor-bound work on a part.</summary>
    public async ValueTask WorkAsync(Func<ValueTask> work, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        try
        {
            await work();
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _turns.Dispose();
    }
}
