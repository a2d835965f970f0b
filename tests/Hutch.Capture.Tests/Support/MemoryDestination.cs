using System.Collections.Concurrent;
using Hutch.Model;

namespace Hutch.Capture.Tests.Support;

/// <summary>Series in memory, by name.</summary>
internal sealed class MemoryDestination : ICaptureDestination
{
    public ConcurrentDictionary<string, MemorySink> Datasets { get; } = new();

    public ConcurrentQueue<string> Completed { get; } = new();

    public HashSet<string> Refused { get; } = [];

    public Func<string, Task> BeforePut { get; set; } = _ => Task.CompletedTask;

    /// <summary>Until when no dataset can be made.</summary>
    public Task Away { get; set; } = Task.CompletedTask;

    public async Task<CaptureTarget> CreateAsync(NewSeries series, CancellationToken cancellationToken)
    {
        await Away.WaitAsync(cancellationToken);
        if (Refused.Contains(series.Key))
        {
            throw ErrorCode.Forbidden.With("You may not create it.").ToException();
        }

        string id = Datasets.ContainsKey(series.Key) ? series.Key + "-again" : series.Key;
        MemorySink sink = Datasets.GetOrAdd(id, _ => new MemorySink { BeforePut = BeforePut });
        return new CaptureTarget(id, id, sink);
    }

    public Task<CaptureTarget?> ReopenAsync(string taken, CancellationToken cancellationToken) =>
        Task.FromResult(Datasets.TryGetValue(taken, out MemorySink? sink) ? new CaptureTarget(taken, taken, sink) : null);

    public Task<string?> CompleteAsync(CaptureTarget target, CancellationToken cancellationToken)
    {
        Completed.Enqueue(target.Id);
        return Task.FromResult<string?>(null);
    }
}
