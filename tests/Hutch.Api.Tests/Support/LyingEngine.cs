using System.Collections.Concurrent;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Programs.Engines;

namespace Hutch.Api.Tests.Support;

/// <summary>An engine that executes nothing and answers as a test wants: it loses attempts, and says that they ended when they did not.</summary>
internal sealed class LyingEngine : IProgramEngine
{
    private readonly ConcurrentQueue<AttemptOrder> _orders = new();
    private readonly SemaphoreSlim _submitted = new(0);

    public string Name => "local";

    /// <summary>What it says of attempts; nothing for those it claims not to know.</summary>
    public Func<AttemptKey, EngineState?> Says { get; set; } = static _ => new EngineState(EnginePhase.Running);

    public string? Problem { get; set; }

    public int MaxRunning { get; set; } = 100;

    /// <summary>The cores of programs that it takes at most.</summary>
    public int MaxCores { get; set; } = int.MaxValue;

    /// <summary>The cores of each question whether it takes a program.</summary>
    public ConcurrentQueue<int> Asked { get; } = [];

    public ConcurrentBag<AttemptKey> Cancelled { get; } = [];

    public int Orders => _orders.Count;

    /// <summary>The next attempt that was handed over.</summary>
    public async Task<AttemptOrder> NextAsync(CancellationToken ct)
    {
        await _submitted.WaitAsync(ct);
        Assert.True(_orders.TryDequeue(out AttemptOrder? order));
        return order;
    }

    public ValueTask<string?> FindProblemAsync(CancellationToken ct) => new(Problem);

    public bool Takes(TaskLimits limits)
    {
        Asked.Enqueue(limits.Cores);
        return _orders.Count < MaxRunning && limits.Cores <= MaxCores;
    }

    public ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct)
    {
        _orders.Enqueue(order);
        _submitted.Release();
        return new ValueTask<Result<Done>>(Done.Value);
    }

    public ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>> StatesAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct) =>
        new(attempts.Select(attempt => (attempt, Says(attempt))).Where(static one => one.Item2 is not null)
            .ToDictionary(static one => one.attempt, static one => one.Item2!.Value));

    public ValueTask CancelAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct)
    {
        foreach (AttemptKey attempt in attempts)
        {
            Cancelled.Add(attempt);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
