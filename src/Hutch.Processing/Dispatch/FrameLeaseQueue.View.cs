namespace Hutch.Processing.Dispatch;

/// <content>The view of it for display.</content>
internal sealed partial class FrameLeaseQueue
{
    /// <summary>Longer than the half minute after which a waiting worker asks again.</summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BehindAfter = TimeSpan.FromSeconds(10);

    public ProcessingStatus View()
    {
        lock (_gate)
        {
            DateTimeOffset forgotten = time.GetUtcNow() - RememberFor;
            var inWork = new Dictionary<Worker, int>();
            foreach (LeasedFrames leasedFrames in _leases.Values)
            {
                inWork[leasedFrames.Worker] = inWork.GetValueOrDefault(leasedFrames.Worker) + leasedFrames.Open.Count;
            }

            List<WorkerLoad> workers =
            [
                .. _workers.Values.Where(one => one.Leases > 0 || one.Seen >= forgotten)
                    .Select(one => LoadOf(one, inWork.GetValueOrDefault(one))),
            ];
            Dictionary<string, int> present = workers.Where(IsThere).CountBy(one => one.Namespace).ToDictionary();
            List<RunLoad> runs = [.. _runs.Values.Select(run => LoadOf(run, present))];
            IEnumerable<string> namespaces = runs.Select(run => run.Run.Namespace).Concat(present.Keys).Concat(_givenUp.Keys)
                .Distinct().Order(StringComparer.Ordinal);
            return new ProcessingStatus(runs, workers, [.. namespaces.Select(name => LoadOf(name, runs, present))]);
        }
    }

    private static bool IsThere(WorkerLoad worker) => worker.State is not (WorkerLoadState.Gone or WorkerLoadState.Silent);

    private QueueLoad LoadOf(string ns, List<RunLoad> runs, Dictionary<string, int> present)
    {
        List<RunLoad> own = [.. runs.Where(run => run.Run.Namespace == ns)];
        return new QueueLoad(
            ns, own.Count, present.GetValueOrDefault(ns), own.Sum(run => run.Waiting), own.Sum(run => run.InWork),
            _givenUp.GetValueOrDefault(ns), own.Sum(run => run.FramesPerSecond), own.Select(run => run.Lag).DefaultIfEmpty().Max());
    }

    private WorkerLoad LoadOf(Worker worker, int inWork) => new()
    {
        Name = worker.Name.Name,
        Namespace = worker.Namespace,
        State = worker.IsSilent ? WorkerLoadState.Silent
            : worker.Leases > 0 ? IsLongAgo(worker.Moved) ? WorkerLoadState.Stuck : WorkerLoadState.Working
            : time.GetUtcNow() - worker.Seen > GoneAfter ? WorkerLoadState.Gone
            : worker.Rate.PerSecond > 0 ? WorkerLoadState.Working
            : WorkerLoadState.Idle,
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
            State = run.IsOver ? RunLoadState.Finishing
                : !present.ContainsKey(run.Run.Namespace) ? RunLoadState.WithoutWorker
                : run is { Queued: 0, Open: 0 } ? isFollowing && run.Rate.PerSecond == 0 ? RunLoadState.Idle : RunLoadState.Running
                : IsLongAgo(run.Moved) ? RunLoadState.Stuck
                : isFollowing && lag > BehindAfter ? RunLoadState.Behind
                : RunLoadState.Running,
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
