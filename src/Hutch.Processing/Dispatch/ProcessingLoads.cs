namespace Hutch.Processing.Dispatch;

/// <summary>Figures of runs, workers and queues for display.</summary>
/// <remarks>Used under the lock of the queue.</remarks>
internal sealed class ProcessingLoads(TimeProvider time)
{
    /// <summary>Longer than the half minute after which a waiting worker asks again.</summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BehindAfter = TimeSpan.FromSeconds(10);

    /// <summary>Returns the current runs, workers and queues.</summary>
    /// <param name="known">Workers that have leases, or are remembered.</param>
    /// <param name="givenUp">The numbers of abandoned frames, by namespace.</param>
    public ProcessingStatus View(
        IEnumerable<PendingFrames> runs, IEnumerable<LeasedFrames> leases, IEnumerable<ConnectedWorker> known,
        IReadOnlyDictionary<string, long> givenUp)
    {
        var inWork = new Dictionary<ConnectedWorker, int>();
        foreach (LeasedFrames leasedFrames in leases)
        {
            inWork[leasedFrames.Worker] = inWork.GetValueOrDefault(leasedFrames.Worker) + leasedFrames.Open.Count;
        }

        List<WorkerLoad> workers = [.. known.Select(one => LoadOf(one, inWork.GetValueOrDefault(one)))];
        Dictionary<string, int> present = workers.Where(IsThere).CountBy(one => one.Namespace).ToDictionary();
        List<RunLoad> loads = [.. runs.Select(run => LoadOf(run, present))];
        IEnumerable<string> namespaces = loads.Select(run => run.Run.Namespace).Concat(present.Keys).Concat(givenUp.Keys)
            .Distinct().Order(StringComparer.Ordinal);
        return new ProcessingStatus(
            loads, workers, [.. namespaces.Select(name => LoadOf(name, loads, present, givenUp.GetValueOrDefault(name)))]);
    }

    private static bool IsThere(WorkerLoad worker) => worker.State is not (WorkerLoadState.Gone or WorkerLoadState.Silent);

    private static QueueLoad LoadOf(string ns, List<RunLoad> runs, Dictionary<string, int> present, long givenUp)
    {
        List<RunLoad> own = [.. runs.Where(run => run.Run.Namespace == ns)];
        return new QueueLoad(
            ns, own.Count, present.GetValueOrDefault(ns), own.Sum(run => run.Waiting), own.Sum(run => run.InWork),
            givenUp, own.Sum(run => run.FramesPerSecond), own.Select(run => run.Lag).DefaultIfEmpty().Max());
    }

    private WorkerLoad LoadOf(ConnectedWorker worker, int inWork) => new()
    {
        Name = worker.Name.Name,
        Namespace = worker.Namespace,
        State = worker switch
        {
            { IsSilent: true } => WorkerLoadState.Silent,
            { Leases: > 0 } => IsLongAgo(worker.Moved) ? WorkerLoadState.Stuck : WorkerLoadState.Working,
            _ when time.GetUtcNow() - worker.Seen > GoneAfter => WorkerLoadState.Gone,
            { Rate.PerSecond: > 0 } => WorkerLoadState.Working,
            _ => WorkerLoadState.Idle,
        },
        InWork = inWork,
        Frames = worker.Frames,
        FramesPerSecond = worker.Rate.PerSecond,
        Seen = worker.Seen,
    };

    private RunLoad LoadOf(PendingFrames run, Dictionary<string, int> present)
    {
        TimeSpan lag = run.OldestSince is long since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        bool isFollowing = run.Run.Input.Snapshot is null;
        return new RunLoad
        {
            Run = run.Run,
            State = run switch
            {
                { IsOver: true } => RunLoadState.Finishing,
                _ when !present.ContainsKey(run.Run.Namespace) => RunLoadState.WithoutWorker,
                { Queued: 0, Open: 0 } => isFollowing && run.Rate.PerSecond == 0 ? RunLoadState.Idle : RunLoadState.Running,
                _ when IsLongAgo(run.Moved) => RunLoadState.Stuck,
                _ when isFollowing && lag > BehindAfter => RunLoadState.Behind,
                _ => RunLoadState.Running,
            },
            Total = run.Total,
            Done = run.Done,
            Waiting = run.Total is long all ? Math.Max(all - run.Done - run.Open, 0) : run.Queued,
            InWork = run.Open,
            GivenUp = run.PoisonCount,
            Skipped = run.Skipped.Count,
            FramesPerSecond = run.Rate.PerSecond,
            Lag = lag,
        };
    }

    private bool IsLongAgo(long timestamp) => time.GetElapsedTime(timestamp) > StuckAfter;
}
