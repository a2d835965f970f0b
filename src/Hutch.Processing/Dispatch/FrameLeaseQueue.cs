using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>
/// The frame lease queue: assigns frames to workers. A frame has one worker at a time, and returns when that worker gives it back or falls
/// silent; a row counts only while its worker has the frame.
/// </summary>
/// <remarks>Thread-safe. In memory: after a restart, every frame without a row is handed out again.</remarks>
internal sealed class FrameLeaseQueue(RunDispatchOptions options, TimeProvider time, Func<Guid> newId)
{
    public const int MaxFramesPerLease = 64;

    private const int MaxWorkers = 10_000;

    /// <summary>The number of ended runs whose figures are kept.</summary>
    private const int MaxEnded = 100;

    /// <summary>The time for which an idle worker that asks for nothing is remembered.</summary>
    private static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(10);

    /// <summary>The time for which the steps of a worker that asks for nothing are offered: longer than one of its requests.</summary>
    private static readonly TimeSpan OfferFor = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<Guid, PendingFrames> _runs = [];
    private readonly Dictionary<Guid, LeasedFrames> _leases = [];
    private readonly Dictionary<WorkerName, ConnectedWorker> _workers = [];
    private readonly Queue<PendingFrames> _ended = new(MaxEnded);
    private readonly Dictionary<string, long> _givenUp = [];
    private readonly ProcessingLoads _loads = new(time);
    private TaskCompletionSource? _changed;

    public PendingFrames Add(ActiveRun run)
    {
        var work = new PendingFrames(run, time);
        lock (_gate)
        {
            _runs.Add(run.Id, work);
            WakeWaiters();
        }

        return work;
    }

    /// <summary>Sets the counts of a run before its frames come.</summary>
    public void Begin(PendingFrames run, long done, long? total)
    {
        lock (_gate)
        {
            (run.Done, run.Total) = (done, total);
        }
    }

    /// <summary>Adds a frame. It waits while many others do, unless the run skips some of those.</summary>
    public async ValueTask<IReadOnlyList<FrameWork>> OfferAsync(PendingFrames run, FrameWork frame, CancellationToken ct)
    {
        IReadOnlyList<FrameWork> skipped = SkipExcess(run);
        await run.Capacity.WaitAsync(ct);
        lock (_gate)
        {
            if (run is { Queued: 0, Open: 0 })
            {
                run.Moved = time.GetTimestamp();
            }

            run.Fresh.Add(frame with { Since = time.GetTimestamp() });
            run.Newest = Math.Max(run.Newest, frame.Frame.Number);
            WakeWaiters();
        }

        return skipped;
    }

    public SkippedFrames Skipped(PendingFrames run)
    {
        lock (_gate)
        {
            return run.ToSkipped();
        }
    }

    public void EndOffers(PendingFrames run)
    {
        lock (_gate)
        {
            run.IsFed = true;
            EndIfDone(run);
        }
    }

    /// <summary>Removes a run: its leases end, and its workers learn that it is over.</summary>
    public void Remove(PendingFrames run)
    {
        lock (_gate)
        {
            if (_runs.Remove(run.Run.Id))
            {
                Remember(run);
            }

            run.IsOver = true;
            run.Gone.TrySetResult();
            foreach (LeasedFrames leasedFrames in _leases.Values.Where(leasedFrames => leasedFrames.Run == run).ToList())
            {
                Drop(leasedFrames);
            }

            WakeWaiters();
        }
    }

    /// <summary>Notes that frames that were handed out, or given up, have their rows on the way to the results.</summary>
    public void Complete(PendingFrames run, int frames = 1)
    {
        lock (_gate)
        {
            run.Open -= frames;
            run.Done += frames;
            run.Rate.Add(frames);
            run.Moved = time.GetTimestamp();
            EndIfDone(run);
        }
    }

    /// <summary>Hands out frames; waits for them for at most the given time.</summary>
    public async ValueTask<FrameLeaseAnswer> LeaseAsync(FrameLeaseRequest request, TimeSpan wait, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        lock (_gate)
        {
            ConnectedWorker worker = WorkerOf(request.Worker, request.Namespace);
            RecordContact(worker);
            worker.Life = request.Life ?? options.LeaseLife;
            worker.Steps = request.Run is null ? request.Steps : worker.Steps;
        }

        while (true)
        {
            Task changed;
            lock (_gate)
            {
                FrameLeaseAnswer taken = TryLeaseAny(request, WorkerOf(request.Worker, request.Namespace));
                if (taken.IsOver || taken.Lease is not null)
                {
                    return taken;
                }

                changed = (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            TimeSpan left = wait == Timeout.InfiniteTimeSpan ? wait : wait - time.GetElapsedTime(began);
            if (wait != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero)
            {
                return default;
            }

            try
            {
                await changed.WaitAsync(left, time, ct);
            }
            catch (TimeoutException)
            {
                return default;
            }
        }
    }

    /// <summary>Returns a lease as its worker sees it; null when it has expired, ended, or belongs to another token.</summary>
    public (FrameLease Lease, ActiveRun Run)? Find(Guid lease, string credential)
    {
        lock (_gate)
        {
            return FindLease(lease, credential) is { } leasedFrames ? (leasedFrames.Lease, leasedFrames.Run.Run) : null;
        }
    }

    /// <summary>Extends a lease by its whole life from now on; false when it has ended.</summary>
    public bool Extend(Guid lease, string credential)
    {
        lock (_gate)
        {
            if (FindLease(lease, credential) is not { } leasedFrames)
            {
                return false;
            }

            leasedFrames.Expires = time.GetUtcNow() + leasedFrames.Worker.Life;
            leasedFrames.Timer?.Change(leasedFrames.Worker.Life, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <summary>Takes rows of a lease. The first row of a frame stays. A lease without frames ends.</summary>
    /// <returns>The frames whose rows must be written, followed by <see cref="Complete"/>.</returns>
    public Result<(PendingFrames Run, List<FinishedFrame> Rows)> Claim(Guid lease, string credential, IReadOnlyList<FrameResult> rows)
    {
        lock (_gate)
        {
            if (FindLease(lease, credential) is not { } leasedFrames)
            {
                return NoLease(lease);
            }

            foreach (FrameResult row in rows)
            {
                if (!leasedFrames.Lease.Frames.Any(frame => frame.Number == row.Frame))
                {
                    return ErrorCode.Conflict.With(string.Create(
                        CultureInfo.InvariantCulture, $"The lease {lease:N} is not for frame {row.Frame}; nothing was taken."));
                }
            }

            var taken = new List<FinishedFrame>(rows.Count);
            foreach (FrameResult row in rows)
            {
                int at = leasedFrames.Open.FindIndex(frame => frame.Work.Frame.Number == row.Frame);
                if (at >= 0)
                {
                    taken.Add(new FinishedFrame(leasedFrames.Open[at].Work, row.Row));
                    leasedFrames.Open.RemoveAt(at);
                }
            }

            leasedFrames.Worker.Frames += taken.Count;
            leasedFrames.Worker.Rate.Add(taken.Count);
            leasedFrames.Worker.Moved = time.GetTimestamp();
            if (leasedFrames.Open.Count == 0)
            {
                Drop(leasedFrames);
            }

            return (leasedFrames.Run, taken);
        }
    }

    /// <summary>Takes back the rest of a lease, without blame for the worker. A lease that has ended stays so.</summary>
    public void Return(Guid lease, string credential)
    {
        lock (_gate)
        {
            if (FindLease(lease, credential) is { } leasedFrames)
            {
                Reclaim(leasedFrames);
            }
        }
    }

    /// <summary>Removes a worker that reports its end. The rest of its leases is taken back, without blame for the worker.</summary>
    public void Leave(WorkerName name)
    {
        lock (_gate)
        {
            if (_workers.Remove(name, out ConnectedWorker? worker))
            {
                foreach (LeasedFrames leasedFrames in _leases.Values.Where(leasedFrames => leasedFrames.Worker == worker).ToList())
                {
                    Reclaim(leasedFrames);
                }
            }
        }
    }

    /// <summary>Ends the run of a lease, because its worker reports that none of its frames can be analysed.</summary>
    public Result<Done> FailRun(Guid lease, string credential, HutchError reason)
    {
        lock (_gate)
        {
            if (FindLease(lease, credential) is not { } leasedFrames)
            {
                return NoLease(lease);
            }

            leasedFrames.Run.Lost.Writer.TryComplete(reason.ToException());
            Drop(leasedFrames);
            return Done.Value;
        }
    }

    public static HutchError NoLease(Guid lease) => ErrorCode.NotFound.With(
        $"You have no lease {lease:N}: it has expired, or its run is over. Its frames are handed out again.");

    /// <summary>
    /// Returns the progress of a run, or its progress at its end; null for one that this server has not taken up, or that ended long ago.
    /// </summary>
    public RunProgress? Progress(Guid id)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(id, out PendingFrames? run) && (run = _ended.FirstOrDefault(ended => ended.Run.Id == id)) is null)
            {
                return null;
            }

            return run.ToProgress(
                _leases.Values.Where(leasedFrames => leasedFrames.Run == run).SelectMany(leasedFrames => leasedFrames.Open));
        }
    }

    public ProcessingStatus View()
    {
        lock (_gate)
        {
            DateTimeOffset forgotten = time.GetUtcNow() - RememberFor;
            return _loads.View(
                _runs.Values, _leases.Values, _workers.Values.Where(one => one.Leases > 0 || one.Seen >= forgotten), _givenUp);
        }
    }

    /// <summary>Lists the foreign steps of the workers of a namespace; of two with one name, that of the worker that asked last.</summary>
    public IReadOnlyList<StepDeclaration> Steps(string ns)
    {
        lock (_gate)
        {
            DateTimeOffset gone = time.GetUtcNow() - OfferFor;
            return
            [
                .. _workers.Values
                    .Where(worker => worker.Namespace == ns && worker.Steps.Count > 0 && (worker.Leases > 0 || worker.Seen >= gone))
                    .OrderByDescending(worker => worker.Seen)
                    .SelectMany(worker => worker.Steps)
                    .Where(static step => step != RunRecipe.Feed)
                    .DistinctBy(step => step.Name)
                    .OrderBy(step => step.Name, StringComparer.Ordinal),
            ];
        }
    }

    private IReadOnlyList<FrameWork> SkipExcess(PendingFrames run)
    {
        lock (_gate)
        {
            if (run.Fresh.Count < PendingFrames.MaxFramesAhead)
            {
                return [];
            }

            IReadOnlyList<FrameWork> gone = run.Fresh.LetGo();
            foreach (FrameWork frame in gone)
            {
                run.Skipped.Add(frame.Frame.Number);
            }

            if (gone.Count > 0)
            {
                run.Capacity.Release(gone.Count);
            }

            return gone;
        }
    }

    private void Remember(PendingFrames run)
    {
        if (_ended.Count == MaxEnded)
        {
            _ended.Dequeue();
        }

        _ended.Enqueue(run);
    }

    private LeasedFrames? FindLease(Guid lease, string credential)
    {
        if (!_leases.TryGetValue(lease, out LeasedFrames? leasedFrames) || leasedFrames.Worker.Name.Credential != credential
            || leasedFrames.Expires <= time.GetUtcNow())
        {
            return null;
        }

        RecordContact(leasedFrames.Worker);
        return leasedFrames;
    }

    /// <summary>Notes a message of a worker. A worker that waits for frames sends no more, whatever it receives.</summary>
    private void RecordContact(ConnectedWorker worker)
    {
        worker.Seen = time.GetUtcNow();
        worker.IsSilent = false;
    }

    private FrameLeaseAnswer TryLeaseAny(FrameLeaseRequest request, ConnectedWorker worker)
    {
        if (request.Run is Guid id)
        {
            if (!_runs.TryGetValue(id, out PendingFrames? known) || known.IsOver || known.Run.Namespace != request.Namespace)
            {
                return new FrameLeaseAnswer(null, true);
            }

            // After a restart of the server, its workers go on where they were.
            known.Demand.TrySetResult();
            return new FrameLeaseAnswer(TryLease(known, worker, request.MaxFrames), false);
        }

        int active = 0;
        foreach (PendingFrames run in _runs.Values)
        {
            if (run.IsOver || run.Run.Namespace != request.Namespace || !request.CanExecute(run.Run.Description)
                || ++active > options.MaxActiveRuns || request.Except.Contains(run.Run.Id))
            {
                continue;
            }

            run.Demand.TrySetResult();
            if (TryLease(run, worker, request.MaxFrames) is { } lease)
            {
                return new FrameLeaseAnswer(lease, false);
            }
        }

        return default;
    }

    private FrameLease? TryLease(PendingFrames run, ConnectedWorker worker, int maxFrames)
    {
        if (worker.Waits is { } wanted && (wanted.IsOver || wanted.PoisonFrames.Count == 0))
        {
            worker.Waits = null;
        }

        if (worker.HasPoisonFrame || (worker.Waits is { } other && other != run))
        {
            return null;
        }

        if (run.PoisonFrames.Count > 0)
        {
            if (worker.Leases > 0)
            {
                worker.Waits = run;
                return null;
            }

            worker.HasPoisonFrame = true;
            return Lease(run, worker, [run.PoisonFrames.Dequeue()]);
        }

        if (run.Again.TryDequeue(out TriedFrame tried))
        {
            return Lease(run, worker, [tried]);
        }

        int count = Math.Min(run.Fresh.Count, Math.Clamp(maxFrames, 1, MaxFramesPerLease));
        if (count == 0)
        {
            return null;
        }

        var frames = new List<TriedFrame>(count);
        while (frames.Count < count)
        {
            frames.Add(new TriedFrame(run.Fresh.Take(), 0, null));
        }

        run.Capacity.Release(count);
        return Lease(run, worker, frames);
    }

    private FrameLease Lease(PendingFrames run, ConnectedWorker worker, List<TriedFrame> frames)
    {
        bool lasts = worker.Name == WorkerName.Own;
        var lease = new FrameLease
        {
            Id = newId(),
            Run = run.Run.Id,
            Program = run.Run.Description.Program,
            Parameters = run.Run.Description.Parameters,
            Step = run.Run.Description.Step,
            User = run.Run.Description.User,
            Frames = [.. frames.Select(frame => frame.Work.Frame)],
            Attempt = 1 + frames.Max(static frame => frame.Failures),
            Life = lasts ? null : worker.Life,
        };
        var leasedFrames = new LeasedFrames(lease, run, worker, frames);
        run.Open += frames.Count;
        if (worker.Leases++ == 0)
        {
            worker.Moved = time.GetTimestamp();
        }

        _leases.Add(lease.Id, leasedFrames);
        if (!lasts)
        {
            leasedFrames.Expires = time.GetUtcNow() + worker.Life;
            leasedFrames.Timer = time.CreateTimer(_ => Expire(leasedFrames), null, worker.Life, Timeout.InfiniteTimeSpan);
        }

        return lease;
    }

    private void Expire(LeasedFrames leasedFrames)
    {
        lock (_gate)
        {
            if (!_leases.ContainsKey(leasedFrames.Lease.Id))
            {
                return;
            }

            TimeSpan left = leasedFrames.Expires - time.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                // It was just extended, or the timer was early, as timers may be.
                leasedFrames.Timer!.Change(left + TimerStep, Timeout.InfiniteTimeSpan);
                return;
            }

            Drop(leasedFrames);
            leasedFrames.Worker.IsSilent = true;
            foreach (TriedFrame frame in leasedFrames.Open)
            {
                string reason = $"The worker {leasedFrames.Worker.Name.Name} fell silent while it had the frame.";
                PutBack(leasedFrames.Run, new TriedFrame(frame.Work, frame.Failures + 1, reason));
            }
        }
    }

    private void PutBack(PendingFrames run, TriedFrame frame)
    {
        if (frame.Failures >= options.MaxDeliveries)
        {
            run.PoisonCount++;
            _givenUp[run.Run.Namespace] = _givenUp.GetValueOrDefault(run.Run.Namespace) + 1;
            run.Lost.Writer.TryWrite(frame);
            return;
        }

        run.Open--;
        (frame.Failures == options.MaxDeliveries - 1 ? run.PoisonFrames : run.Again).Enqueue(frame);
        WakeWaiters();
    }

    private void Reclaim(LeasedFrames leasedFrames)
    {
        Drop(leasedFrames);
        foreach (TriedFrame frame in leasedFrames.Open)
        {
            PutBack(leasedFrames.Run, frame);
        }
    }

    /// <summary>Ends a lease; its open frames are the caller's.</summary>
    private void Drop(LeasedFrames leasedFrames)
    {
        _leases.Remove(leasedFrames.Lease.Id);
        leasedFrames.Timer?.Dispose();
        leasedFrames.Worker.Leases--;
        if (leasedFrames.Worker.HasPoisonFrame || leasedFrames.Worker.Waits is not null)
        {
            leasedFrames.Worker.HasPoisonFrame = false;
            WakeWaiters();
        }
    }

    private void EndIfDone(PendingFrames run)
    {
        if (run is { IsFed: true, Open: 0, Fresh.Count: 0, Again.Count: 0, PoisonFrames.Count: 0 })
        {
            run.IsOver = true;
            run.Lost.Writer.TryComplete();
            run.Rows!.Writer.TryComplete();
            WakeWaiters();
        }
    }

    private ConnectedWorker WorkerOf(WorkerName name, string ns)
    {
        if (!_workers.TryGetValue(name, out ConnectedWorker? worker))
        {
            DateTimeOffset forgotten = time.GetUtcNow() - RememberFor;
            foreach (ConnectedWorker gone in _workers.Values.Where(known => known.Leases == 0 && known.Seen < forgotten).ToList())
            {
                _workers.Remove(gone.Name);
            }

            if (_workers.Count >= MaxWorkers)
            {
                throw ErrorCode.Unavailable.With($"{MaxWorkers} workers have joined, the maximum.").ToException();
            }

            worker = new ConnectedWorker(name, ns, time);
            _workers.Add(name, worker);
        }

        return worker;
    }

    private void WakeWaiters()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
