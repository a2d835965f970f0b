using System.Collections.Concurrent;

namespace Hutch.Site.Platform.Leases;

/// <summary>The leases of a site with one server: each has one holder in this process, and is never lost.</summary>
public sealed class LocalLeases : IJobLeases
{
    private readonly ConcurrentDictionary<string, LocalLease> _held = new(StringComparer.Ordinal);

    public bool HasOthers => false;

    public ValueTask<IJobLease?> TryAcquireAsync(string job, CancellationToken ct)
    {
        var lease = new LocalLease(_held, job);
        return new(_held.TryAdd(job, lease) ? lease : null);
    }

    public Task WaitAsync(string job, CancellationToken ct) =>
        _held.TryGetValue(job, out LocalLease? held) ? held.Ended.WaitAsync(ct) : Task.CompletedTask;

    private sealed class LocalLease(ConcurrentDictionary<string, LocalLease> held, string job) : IJobLease
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public string Job => job;

        public bool IsHeld => held.GetValueOrDefault(job) == this;

        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            held.TryRemove(KeyValuePair.Create(job, this));
            _ended.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
