using System.Diagnostics.Metrics;
using Hutch.Storage.Payloads;

namespace Hutch.Site.Platform.Fairness;

/// <summary>
/// Who may move large parts, and when. A part takes a place before it takes memory and gives it back when it has gone on, so that at most
/// half of the payload pool is ever lent to large transfers; and of those, as many as there are processors work at a time. What is one
/// member (up to a megabyte) asks for nothing here.
/// </summary>
public sealed class WorkShares : IDisposable
{
    private readonly Meter _meter = new("Hutch.Datasets");
    private readonly PayloadPool _pool;
    private readonly int _partBytes;
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount, Environment.ProcessorCount);

    /// <param name="options">How.</param>
    /// <param name="pool">Where the memory of parts comes from.</param>
    /// <param name="partBytes">Bytes of a part.</param>
    public WorkShares(WorkOptions options, PayloadPool pool, int partBytes, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pool);
        _pool = pool;
        _partBytes = partBytes;
        int places = options.BulkSlots > 0 ? options.BulkSlots : (int)Math.Max(2, pool.CapacityBytes / 2 / partBytes);
        Gate = new FairGate(places, options.UserPercent, options.Shares);
        Registry = new WorkRegistry(time, options.InteractiveBytes);
        _meter.CreateObservableGauge(
            "hutch.work.waiting", () => Gate.Waiting, description: "Parts of large transfers that wait for their turn");
        _meter.CreateObservableGauge("hutch.work.taken", () => Gate.Taken, description: "Parts of large transfers that are on their way");
    }

    public FairGate Gate { get; }

    public WorkRegistry Registry { get; }

    /// <summary>
    /// Takes a place for a part of the current work, in the name of its user. As long as somebody waits for one, parts that wait for a slow
    /// network are asked to give theirs up.
    /// </summary>
    /// <param name="bytes">Bytes of the part.</param>
    public ValueTask<IDisposable> EnterAsync(int bytes, CancellationToken ct)
    {
        ValueTask<IDisposable> place = Gate.EnterAsync(WorkScope.User, WorkScope.Class, bytes, ct);
        return place.IsCompleted ? place : WaitAsync(place);
    }

    /// <summary>Takes a place when one is free that nobody waits for; null otherwise.</summary>
    public IDisposable? TryEnter(int bytes) => Gate.TryEnter(WorkScope.User, WorkScope.Class, bytes);

    private async ValueTask<IDisposable> WaitAsync(ValueTask<IDisposable> place)
    {
        using IDisposable want = _pool.Want(_partBytes);
        return await place;
    }

    /// <summary>Does what keeps a processor busy with a part, when it is its turn.</summary>
    public async ValueTask WorkAsync(Func<ValueTask> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
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

    /// <inheritdoc/>
    public void Dispose()
    {
        _meter.Dispose();
        _turns.Dispose();
    }
}
