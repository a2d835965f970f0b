using System.Globalization;
using Hutch.Model;
using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>
/// The frame lease queue: assigns frames to workers. A frame has one worker at a time, and returns when that worker gives it back or falls
/// silent; a row counts only while its worker has the frame.
/// </summary>
/// <remarks>Thread-safe. In memory: after a restart, every frame without a row is handed out again.</remarks>
internal sealed partial class WorkBoard(RunDispatchOptions options, TimeProvider time, Func<Guid> newId)
{
    /// <summary>The most frames of one lease.</summary>
    public const int MaxFramesPerLease = 64;

    /// <summary>The most processes of workers.</summary>
    private const int MaxWorkers = 10_000;

    /// <summary>The number of ended runs whose figures are kept.</summary>
    private const int MaxEnded = 100;

    /// <summary>The time for which an idle worker that asks for nothing is remembered.</summary>
    private static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<Guid, RunWork> _runs = [];
    private readonly Dictionary<Guid, Held> _leases = [];
    private readonly Dictionary<WorkerName, Worker> _workers = [];
    private readonly Queue<RunWork> _ended = new(MaxEnded);
    private readonly Dictionary<string, long> _givenUp = [];
    private TaskCompletionSource? _changed;

    /// <summary>Adds a run, whose frames are listed when a worker wants it.</summary>
    public RunWork Add(ActiveRun run)
    {
        var work = new RunWork(run, time);
        lock (_gate)
        {
            _runs.Add(run.Id, work);
            Tell();
        }

        return work;
    }

    /// <summary>Removes a run: its leases end, and its workers learn that it is over.</summary>
    public void Remove(RunWork run)
    {
        lock (_gate)
        {
            if (_runs.Remove(run.Run.Id))
            {
                Remember(run);
            }

            run.IsOver = true;
            run.Gone.TrySetResult();
            foreach (Held held in _leases.Values.Where(held => held.Run == run).ToList())
            {
                Drop(held);
            }

            Tell();
        }
    }

    /// <summary>Notes that frames that were handed out, or given up, have their rows on the way to the results.</summary>
    public void Settle(RunWork run, int frames = 1)
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
    public async ValueTask<TakenWork> TakeAsync(WorkDemand demand, TimeSpan wait, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        lock (_gate)
        {
            Hear(WorkerOf(demand.Worker, demand.Namespace));
        }

        while (true)
        {
            Task changed;
            lock (_gate)
            {
                TakenWork taken = Take(demand, WorkerOf(demand.Worker, demand.Namespace));
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
    public (WorkLease Lease, ActiveRun Run)? Find(Guid lease, string credential)
    {
        lock (_gate)
        {
            return FindHeld(lease, credential) is { } held ? (held.Lease, held.Run.Run) : null;
        }
    }

    /// <summary>Extends a lease by its whole life from now on; false when it has ended.</summary>
    public bool Extend(Guid lease, string credential)
    {
        lock (_gate)
        {
            if (FindHeld(lease, credential) is not { } held)
            {
                return false;
            }

            held.Expires = time.GetUtcNow() + options.LeaseLife;
            held.Timer?.Change(options.LeaseLife, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <summary>Takes rows of a lease. The first row of a frame stays. A lease without frames ends.</summary>
    /// <returns>The frames whose rows must be written, followed by <see cref="Settle"/>.</returns>
    public Result<(RunWork Run, List<FinishedFrame> Rows)> Claim(Guid lease, string credential, IReadOnlyList<FrameResult> rows)
    {
        lock (_gate)
        {
            if (FindHeld(lease, credential) is not { } held)
            {
                return NoLease(lease);
            }

            foreach (FrameResult row in rows)
            {
                if (!held.Lease.Frames.Any(frame => frame.Number == row.Frame))
                {
                    return ErrorCode.Conflict.With(string.Create(
                        CultureInfo.InvariantCulture, $"The lease {lease:N} is not for frame {row.Frame}; nothing was taken."));
                }
            }

            var taken = new List<FinishedFrame>(rows.Count);
            foreach (FrameResult row in rows)
            {
                int at = held.Open.FindIndex(frame => frame.Work.Frame.Number == row.Frame);
                if (at >= 0)
                {
                    taken.Add(new FinishedFrame(held.Open[at].Work, row.Row));
                    held.Open.RemoveAt(at);
                }
            }

            held.Worker.Frames += taken.Count;
            held.Worker.Rate.Add(taken.Count);
            held.Worker.Moved = time.GetTimestamp();
            if (held.Open.Count == 0)
            {
                Drop(held);
            }

            return (held.Run, taken);
        }
    }

    /// <summary>Takes back the rest of a lease, without blame for the worker. A lease that has ended stays so.</summary>
    public void Return(Guid lease, string credential)
    {
        lock (_gate)
        {
            if (FindHeld(lease, credential) is { } held)
            {
                TakeBack(held);
            }
        }
    }

    /// <summary>Removes a worker that reports its end. The rest of its leases is taken back, without blame for the worker.</summary>
    public void Leave(WorkerName name)
    {
        lock (_gate)
        {
            if (_workers.Remove(name, out Worker? worker))
            {
                foreach (Held held in _leases.Values.Where(held => held.Worker == worker).ToList())
                {
                    TakeBack(held);
                }
            }
        }
    }

    /// <summary>Ends the run of a lease, because its worker reports that none of its frames can be analysed.</summary>
    public Result<Done> Refuse(Guid lease, string credential, HutchError reason)
    {
        lock (_gate)
        {
            if (FindHeld(lease, credential) is not { } held)
            {
                return NoLease(lease);
            }

            held.Run.Lost.Writer.TryComplete(reason.ToException());
            Drop(held);
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
            if (!_runs.TryGetValue(id, out RunWork? run) && (run = _ended.FirstOrDefault(ended => ended.Run.Id == id)) is null)
            {
                return null;
            }

            return run.ToProgress(_leases.Values.Where(held => held.Run == run).SelectMany(held => held.Open));
        }
    }

    private void Remember(RunWork run)
    {
        if (_ended.Count == MaxEnded)
        {
            _ended.Dequeue();
        }

        _ended.Enqueue(run);
    }

    private Held? FindHeld(Guid lease, string credential)
    {
        if (!_leases.TryGetValue(lease, out Held? held) || held.Worker.Name.Credential != credential || held.Expires <= time.GetUtcNow())
        {
            return null;
        }

        Hear(held.Worker);
        return held;
    }

    /// <summary>Notes a message of a worker. A worker that waits for frames sends no more, whatever it receives.</summary>
    private void Hear(Worker worker)
    {
        worker.Seen = time.GetUtcNow();
        worker.IsSilent = false;
    }

    private TakenWork Take(WorkDemand demand, Worker worker)
    {
        if (demand.Run is Guid id)
        {
            if (!_runs.TryGetValue(id, out RunWork? known) || known.IsOver || known.Run.Namespace != demand.Namespace)
            {
                return new TakenWork(null, true);
            }

            // After a restart of the server, its workers go on where they were.
            known.Wanted.TrySetResult();
            return new TakenWork(TakeOf(known, worker, demand.MaxFrames), false);
        }

        int active = 0;
        foreach (RunWork run in _runs.Values)
        {
            if (run.IsOver || run.Run.Namespace != demand.Namespace || !demand.Programs.Contains(run.Run.Description.Program)
                || ++active > options.MaxActiveRuns || demand.Except.Contains(run.Run.Id))
            {
                continue;
            }

            run.Wanted.TrySetResult();
            if (TakeOf(run, worker, demand.MaxFrames) is { } lease)
            {
                return new TakenWork(lease, false);
            }
        }

        return default;
    }

    private WorkLease? TakeOf(RunWork run, Worker worker, int maxFrames)
    {
        if (worker.Waits is { } wanted && (wanted.IsOver || wanted.Suspects.Count == 0))
        {
            worker.Waits = null;
        }

        if (worker.HasSuspect || (worker.Waits is { } other && other != run))
        {
            return null;
        }

        if (run.Suspects.Count > 0)
        {
            if (worker.Leases > 0)
            {
                worker.Waits = run;
                return null;
            }

            worker.HasSuspect = true;
            return Lend(run, worker, [run.Suspects.Dequeue()]);
        }

        if (run.Again.TryDequeue(out TriedFrame tried))
        {
            return Lend(run, worker, [tried]);
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

        run.Room.Release(count);
        return Lend(run, worker, frames);
    }

    private WorkLease Lend(RunWork run, Worker worker, List<TriedFrame> frames)
    {
        bool lasts = worker.Name == WorkerName.Own;
        var lease = new WorkLease
        {
            Id = newId(),
            Run = run.Run.Id,
            Program = run.Run.Description.Program,
            Parameters = run.Run.Description.Parameters,
            User = run.Run.Description.User,
            Frames = [.. frames.Select(frame => frame.Work.Frame)],
            Life = lasts ? null : options.LeaseLife,
        };
        var held = new Held(lease, run, worker, frames);
        run.Open += frames.Count;
        if (worker.Leases++ == 0)
        {
            worker.Moved = time.GetTimestamp();
        }

        _leases.Add(lease.Id, held);
        if (!lasts)
        {
            held.Expires = time.GetUtcNow() + options.LeaseLife;
            held.Timer = time.CreateTimer(_ => Expire(held), null, options.LeaseLife, Timeout.InfiniteTimeSpan);
        }

        return lease;
    }

    private void Expire(Held held)
    {
        lock (_gate)
        {
            if (!_leases.ContainsKey(held.Lease.Id))
            {
                return;
            }

            TimeSpan left = held.Expires - time.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                // It was just extended, or the timer was early, as timers may be.
                held.Timer!.Change(left + TimerStep, Timeout.InfiniteTimeSpan);
                return;
            }

            Drop(held);
            held.Worker.IsSilent = true;
            foreach (TriedFrame frame in held.Open)
            {
                string reason = $"The worker {held.Worker.Name.Name} fell silent while it had the frame.";
                PutBack(held.Run, new TriedFrame(frame.Work, frame.Failures + 1, reason));
            }
        }
    }

    private void PutBack(RunWork run, TriedFrame frame)
    {
        if (frame.Failures >= options.MaxDeliveries)
        {
            run.GivenUp++;
            _givenUp[run.Run.Namespace] = _givenUp.GetValueOrDefault(run.Run.Namespace) + 1;
            run.Lost.Writer.TryWrite(frame);
            return;
        }

        run.Open--;
        (frame.Failures == options.MaxDeliveries - 1 ? run.Suspects : run.Again).Enqueue(frame);
        Tell();
    }

    private void TakeBack(Held held)
    {
        Drop(held);
        foreach (TriedFrame frame in held.Open)
        {
            PutBack(held.Run, frame);
        }
    }

    /// <summary>Ends a lease; its open frames are the caller's.</summary>
    private void Drop(Held held)
    {
        _leases.Remove(held.Lease.Id);
        held.Timer?.Dispose();
        held.Worker.Leases--;
        if (held.Worker.HasSuspect || held.Worker.Waits is not null)
        {
            held.Worker.HasSuspect = false;
            Tell();
        }
    }

    private void EndIfDone(RunWork run)
    {
        if (run is { IsFed: true, Open: 0, Fresh.Count: 0, Again.Count: 0, Suspects.Count: 0 })
        {
            run.IsOver = true;
            run.Lost.Writer.TryComplete();
            run.Rows!.Writer.TryComplete();
            Tell();
        }
    }

    private Worker WorkerOf(WorkerName name, string ns)
    {
        if (!_workers.TryGetValue(name, out Worker? worker))
        {
            DateTimeOffset forgotten = time.GetUtcNow() - RememberFor;
            foreach (Worker gone in _workers.Values.Where(known => known.Leases == 0 && known.Seen < forgotten).ToList())
            {
                _workers.Remove(gone.Name);
            }

            if (_workers.Count >= MaxWorkers)
            {
                throw ErrorCode.Unavailable.With($"{MaxWorkers} workers have joined, the maximum.").ToException();
            }

            worker = new Worker(name, ns, time);
            _workers.Add(name, worker);
        }

        return worker;
    }

    private void Tell()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
