using Hutch.Site.Replication.Evicting;

namespace Hutch.Federation.Evicting;

/// <summary>
/// Performs the evictions that the records of datasets order: requests holds and proofs from other sites, recalls bytes, and ends holds.
/// Failures are retried automatically. See docs/design/federation.md (holds and eviction).
/// </summary>
internal sealed partial class EvictionWorker(
    SiteRegistry sites, CopyRegistry copies, Evictions evictions, HoldNegotiation holds, EvictionRecall recall, TimeProvider time,
    ILogger logger) : IEvictionWorker
{
    /// <summary>Of several servers of a site, one at a time does it. What a slower one still does is refused by the records.</summary>
    public const string Job = "evictions";

    private const int MaxAtOnce = 4;

    /// <summary>The age at which an attestation is not accepted any more.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<DatasetId, IReadOnlyDictionary<string, string>> _problems = new();
    private readonly Dictionary<DatasetId, Task> _running = [];
    private readonly Queue<DatasetId> _next = new();

    public HutchError? CheckSize(long bytes) => holds.CheckSize(bytes);

    public IReadOnlyDictionary<string, string> ProblemsOf(DatasetId dataset) =>
        _problems.TryGetValue(dataset, out IReadOnlyDictionary<string, string>? found) ? found : new Dictionary<string, string>();

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await BeginAsync(ct);
                await Task.Delay(LookEvery, time, ct);
            }
        }
        finally
        {
            await Task.WhenAll(_running.Values).ContinueWith(static _ => { }, TaskScheduler.Default);

            // Another server may go on, and knows better.
            _running.Clear();
            _next.Clear();
            _problems.Clear();
        }
    }

    /// <summary>Does the next step for one dataset; once more, it changes nothing.</summary>
    internal async Task StepAsync(DatasetId id, CancellationToken ct)
    {
        if (await evictions.FindAsync(id, ct) is not { Ended: null, TrashedUntil: null, Eviction: { } eviction } dataset)
        {
            return;
        }

        NameRecord? name = await copies.FindAsync(id, sites.OwnId, ct);
        bool isHome = name is { Home: { IsOver: false, NextId: null } home } && home.SiteId == sites.OwnId;
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        Task<HutchError?> step = (eviction.State, dataset.Copy) switch
        {
            (EvictionState.Freeing, _) => holds.FreeAsync(id, eviction, problems, ct),
            (_, not null) => recall.LeaveAsync(dataset, eviction, ct),
            (EvictionState.Wanted, _) when IsOld(eviction) => EvictAsync(id, eviction, ct),
            _ when eviction.Reproduction is not null => Task.FromResult<HutchError?>(null),
            (EvictionState.Wanted, _) when isHome => holds.RequestAsync(name!, eviction, problems, ct),
            (EvictionState.Recalling, _) when isHome => recall.RunAsync(dataset, eviction, problems, ct),
            _ => Task.FromResult<HutchError?>(null),
        };
        if (await step is { } refusal)
        {
            problems[sites.OwnId] = refusal.Message;
        }

        if (problems.Count == 0)
        {
            _problems.TryRemove(id, out _);
        }
        else
        {
            _problems[id] = problems;
        }
    }

    private bool IsOld(Eviction eviction) => time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(eviction.Since) > MaxAge;

    private async Task BeginAsync(CancellationToken ct)
    {
        foreach (DatasetId ended in _running.Where(static one => one.Value.IsCompleted).Select(static one => one.Key).ToList())
        {
            _running.Remove(ended);
        }

        try
        {
            if (_next.Count == 0)
            {
                await FillAsync(ct);
            }

            while (_running.Count < MaxAtOnce && _next.TryDequeue(out DatasetId id))
            {
                if (!_running.ContainsKey(id))
                {
                    _running[id] = TryAsync(id, ct);
                }
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The connection to the zone must not end with it.
            NotRead(e);
        }
    }

    /// <summary>All in turn: one that waits for a site for days holds up none behind it.</summary>
    private async Task FillAsync(CancellationToken ct)
    {
        IReadOnlyList<DatasetId> open = await evictions.ListAsync(ct);
        foreach (DatasetId gone in _problems.Keys.Except(open))
        {
            _problems.TryRemove(gone, out _);
        }

        foreach (DatasetId id in open)
        {
            _next.Enqueue(id);
        }
    }

    private async Task TryAsync(DatasetId id, CancellationToken ct)
    {
        try
        {
            await StepAsync(id, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Failed(id, e);
        }
    }

    private async Task<HutchError?> EvictAsync(DatasetId id, Eviction eviction, CancellationToken ct) =>
        (await evictions.EvictAsync(id, eviction.Nonce, ct)).Error;

    [LoggerMessage(5641, LogLevel.Error, "The evictions could not be read")]
    private partial void NotRead(Exception e);

    [LoggerMessage(5642, LogLevel.Error, "A step in the eviction of {Dataset} failed")]
    private partial void Failed(DatasetId dataset, Exception e);
}
