using System.Text.Json;
using System.Threading.Channels;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Testing.Clocks;

namespace Hutch.Processing.Tests.Dispatch;

/// <summary>Leases: who has which frame, and what becomes of the frames of a worker that falls silent.</summary>
public sealed class FrameLeaseQueueTests
{
    private static readonly WorkerName First = new("token-1", "first");
    private static readonly WorkerName Second = new("token-2", "second");
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly FrameLeaseQueue _queue;
    private int _ids;

    public FrameLeaseQueueTests() => _queue = NewBoard(new RunDispatchOptions());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_frame_has_one_worker_and_gives_one_row()
    {
        PendingFrames run = await AddAsync(2);
        FrameLease lease = (await TakeAsync(First, frames: 2))!;

        Assert.Equal([1, 2], lease.Frames.Select(frame => frame.Number));
        Assert.Null(await TakeAsync(Second));
        Assert.Equal([1], Give(lease, First, 1));
        Assert.Empty(Give(lease, First, 1));
        Assert.Equal([2], Give(lease, First, 1, 2));
        Assert.True(run.IsOver);
        Assert.Equal(ErrorCode.NotFound, _queue.Claim(lease.Id, First.Credential, [Row(2)]).Error?.Code);
    }

    [Fact]
    public async Task A_row_of_a_frame_that_the_lease_has_not_is_refused_and_nothing_is_taken()
    {
        PendingFrames run = await AddAsync(3);
        FrameLease lease = (await TakeAsync(First, frames: 2))!;

        Result<(PendingFrames, List<FinishedFrame>)> claimed = _queue.Claim(lease.Id, First.Credential, [Row(1), Row(3)]);

        Assert.Equal(ErrorCode.Conflict, claimed.Error?.Code);
        Assert.Equal(2, run.Open);
    }

    [Fact]
    public async Task A_lease_is_known_to_the_token_alone_that_took_it()
    {
        await AddAsync(1);
        FrameLease lease = (await TakeAsync(First))!;

        Assert.Null(_queue.Find(lease.Id, Second.Credential));
        Assert.False(_queue.Extend(lease.Id, Second.Credential));
        Assert.False(_queue.Claim(lease.Id, Second.Credential, [Row(1)]).IsOk);
        Assert.False(_queue.FailRun(lease.Id, Second.Credential, ErrorCode.Internal.With("No.")).IsOk);
        _queue.Return(lease.Id, Second.Credential);
        Assert.NotNull(_queue.Find(lease.Id, First.Credential));
    }

    [Fact]
    public async Task Frames_of_a_silent_worker_go_to_another_and_its_late_results_are_rejected()
    {
        await AddAsync(1);
        FrameLease lost = (await TakeAsync(First))!;
        ValueTask<FrameLeaseAnswer> waiting = _queue.LeaseAsync(Demand(Second), Timeout.InfiniteTimeSpan, Ct);

        _time.Advance(Life - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        FrameLease again = (await waiting).Lease!;

        Assert.Equal(1, Assert.Single(again.Frames).Number);
        Assert.False(_queue.Extend(lost.Id, First.Credential));
        Assert.False(_queue.Claim(lost.Id, First.Credential, [Row(1)]).IsOk);
        Assert.Equal([1], Give(again, Second, 1));
    }

    [Fact]
    public async Task A_lease_that_is_extended_lasts_and_one_of_the_servers_own_worker_needs_it_not()
    {
        await AddAsync(2);
        FrameLease lease = (await TakeAsync(First))!;
        FrameLease own = (await TakeAsync(WorkerName.Own))!;
        for (int i = 0; i < 10; i++)
        {
            _time.Advance(Life / 2);
            Assert.True(_queue.Extend(lease.Id, First.Credential));
        }

        Assert.NotNull(_queue.Find(lease.Id, First.Credential));
        Assert.NotNull(_queue.Find(own.Id, WorkerName.Own.Credential));
    }

    [Fact]
    public async Task A_frame_whose_workers_fall_silent_is_given_up_with_the_reason_and_the_run_ends()
    {
        PendingFrames run = await AddAsync(1);
        for (int i = 0; i < 3; i++)
        {
            Assert.NotNull(await TakeAsync(First));
            _time.Advance(Life);
        }

        Assert.True(run.Lost.Reader.TryRead(out TriedFrame lost));
        Assert.Equal((1, 3), (lost.Work.Frame.Number, lost.Failures));
        Assert.Contains("first", lost.Reason, StringComparison.Ordinal);
        Assert.False(run.IsOver);
        _queue.Complete(run);
        Assert.True(run.IsOver);
    }

    [Fact]
    public async Task Returning_a_frame_does_not_count_as_a_lost_attempt()
    {
        PendingFrames run = await AddAsync(1);
        for (int i = 0; i < 10; i++)
        {
            FrameLease lease = (await TakeAsync(First))!;
            _queue.Return(lease.Id, First.Credential);
        }

        Assert.False(run.Lost.Reader.TryRead(out _));
        Assert.NotNull(await TakeAsync(First));
    }

    [Fact]
    public async Task A_frame_on_its_last_attempt_goes_to_a_worker_that_has_nothing_else_of_any_run()
    {
        PendingFrames run = await AddAsync(1);
        PendingFrames other = await AddAsync(3);
        for (int i = 0; i < 2; i++)
        {
            Assert.NotNull(await TakeAsync(Second, run: run));
            _time.Advance(Life);
        }

        FrameLease busy = (await TakeAsync(First, run: other))!;
        Assert.Null(await TakeAsync(First, run: run));
        Assert.Null(await TakeAsync(First, run: other));
        Give(busy, First, busy.Frames[0].Number);
        FrameLease alone = (await TakeAsync(First, run: run))!;

        Assert.Null(await TakeAsync(First, run: other));
        Assert.NotNull(await TakeAsync(Second, run: other));
        Give(alone, First, 1);
        Assert.NotNull(await TakeAsync(First, run: other));
    }

    [Fact]
    public async Task A_worker_that_waits_for_a_lost_frame_gets_other_frames_once_another_worker_leases_it()
    {
        PendingFrames run = await AddAsync(1);
        PendingFrames other = await AddAsync(2);
        for (int i = 0; i < 2; i++)
        {
            Assert.NotNull(await TakeAsync(Second, run: run));
            _time.Advance(Life);
        }

        await TakeAsync(First, run: other);
        Assert.Null(await TakeAsync(First, run: run));
        Assert.NotNull(await TakeAsync(Second, run: run));

        Assert.NotNull(await TakeAsync(First, run: other));
    }

    [Fact]
    public async Task Namespaces_do_not_touch_each_other()
    {
        PendingFrames trial = await AddAsync(1, "trial");
        PendingFrames usual = await AddAsync(1);

        Assert.Equal(usual.Run.Id, (await TakeAsync(First))!.Run);
        Assert.Null(await TakeAsync(First));
        Assert.True((await _queue.LeaseAsync(Demand(First) with { Run = trial.Run.Id }, TimeSpan.Zero, Ct)).IsOver);
        Assert.Equal(trial.Run.Id, (await TakeAsync(Second, ns: "trial"))!.Run);
    }

    [Fact]
    public async Task Runs_wait_for_their_turn_in_their_own_namespace()
    {
        FrameLeaseQueue queue = NewBoard(new RunDispatchOptions { MaxActiveRuns = 1 });
        PendingFrames[] runs = [await AddAsync(queue, 1, "trial"), await AddAsync(queue, 1), await AddAsync(queue, 1)];

        await queue.LeaseAsync(Demand(First), TimeSpan.Zero, Ct);
        await queue.LeaseAsync(Demand(First), TimeSpan.Zero, Ct);
        Assert.Equal([false, true, false], runs.Select(run => run.Demand.Task.IsCompleted));

        queue.Remove(runs[1]);
        Assert.Equal(runs[2].Run.Id, (await queue.LeaseAsync(Demand(First), TimeSpan.Zero, Ct)).Lease!.Run);
    }

    [Fact]
    public async Task After_a_restart_a_run_is_in_demand_again_when_its_worker_asks_for_frames()
    {
        PendingFrames run = await AddAsync(1);

        Assert.NotNull(await TakeAsync(First, run: run));

        Assert.True(run.Demand.Task.IsCompleted);
    }

    [Fact]
    public async Task A_run_of_a_program_that_the_worker_has_not_is_left_to_others()
    {
        await AddAsync(1);

        Assert.Null((await _queue.LeaseAsync(Demand(First) with { Programs = new HashSet<string> { "other" } }, TimeSpan.Zero, Ct)).Lease);
    }

    [Fact]
    public async Task A_refused_run_ends_with_the_reason()
    {
        PendingFrames run = await AddAsync(1);
        FrameLease lease = (await TakeAsync(First))!;

        Assert.True(_queue.FailRun(lease.Id, First.Credential, ErrorCode.UnreadableFile.With("The header is not JSON.")).IsOk);

        ChannelClosedException ended = await Assert.ThrowsAsync<ChannelClosedException>(async () => await run.Lost.Reader.ReadAsync(Ct));
        HutchException thrown = Assert.IsType<HutchException>(ended.InnerException);
        Assert.Equal("The header is not JSON.", thrown.Error.Message);
    }

    /// <summary>Workers take, give, give back and die at random; one frame kills whoever has it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_workers_do_every_frame_ends_once_and_only_the_one_that_kills_is_given_up(int seed)
    {
        var random = new Random(seed);
        PendingFrames[] runs = [await AddAsync(120), await AddAsync(80)];
        const int Poison = 17;
        var ended = new List<(Guid Run, int Frame)>();
        var workers = Enumerable.Range(0, 4).Select(number => (Name: new WorkerName("token", $"w{number}"), Leases: new List<FrameLease>())).ToArray();
        for (int step = 0; runs.Any(run => !run.IsOver); step++)
        {
            Assert.True(step < 100_000, "It does not end.");
            (WorkerName name, List<FrameLease> leases) = workers[random.Next(workers.Length)];
            PendingFrames run = runs[random.Next(2)];
            int action = random.Next(10);
            if (action < 5 && leases.Count < 3 && await TakeAsync(name, random.Next(1, 6), run) is { } taken)
            {
                leases.Add(taken);
            }
            else if (leases.Any(lease => lease.Run == runs[0].Run.Id && lease.Frames.Any(frame => frame.Number == Poison)) && action < 9)
            {
                // It is dead, with all that it had. The others speak up.
                leases.Clear();
                for (int half = 0; half < 2; half++)
                {
                    foreach ((WorkerName living, List<FrameLease> had) in workers)
                    {
                        had.ForEach(lease => Assert.True(_queue.Extend(lease.Id, living.Credential)));
                    }

                    _time.Advance(Life / 2);
                }
            }
            else if (leases.Count > 0 && action < 9)
            {
                FrameLease lease = leases[random.Next(leases.Count)];
                leases.Remove(lease);
                ended.AddRange(Give(lease, name, [.. lease.Frames.Select(frame => frame.Number)]).Select(frame => (lease.Run, frame)));
            }
            else if (leases.Count > 0)
            {
                FrameLease lease = leases[random.Next(leases.Count)];
                leases.Remove(lease);
                _queue.Return(lease.Id, name.Credential);
            }

            foreach (PendingFrames one in runs)
            {
                while (one.Lost.Reader.TryRead(out TriedFrame lost))
                {
                    Assert.Equal((runs[0], Poison), (one, lost.Work.Frame.Number));
                    ended.Add((one.Run.Id, lost.Work.Frame.Number));
                    _queue.Complete(one);
                }
            }
        }

        Assert.Equal(200, ended.Count);
        Assert.Equal(200, ended.Distinct().Count());
    }

    [Fact]
    public async Task A_lease_expires_even_if_its_timer_is_early()
    {
        var queue = new FrameLeaseQueue(new RunDispatchOptions(), new HastyTime(_time), () => new Guid(++_ids, 0, 0, new byte[8]));
        await AddAsync(queue, 1);
        FrameLease lease = (await queue.LeaseAsync(Demand(First), TimeSpan.Zero, Ct)).Lease!;

        _time.Advance(Life - TimeSpan.FromMilliseconds(5));
        Assert.NotNull(queue.Find(lease.Id, First.Credential));
        _time.Advance(TimeSpan.FromMilliseconds(10));

        Assert.NotNull((await queue.LeaseAsync(Demand(Second), TimeSpan.Zero, Ct)).Lease);
    }

    [Fact]
    public async Task A_worker_that_loses_its_frames_is_seen_as_silent_until_it_speaks()
    {
        await AddAsync(2);
        await TakeAsync(First);
        Assert.Equal(WorkerLoadState.Working, Assert.Single(_queue.View().Workers).State);

        _time.Advance(Life);
        Assert.Equal(WorkerLoadState.Silent, Assert.Single(_queue.View().Workers).State);
        Assert.Equal(RunLoadState.WithoutWorker, Assert.Single(_queue.View().Runs).State);

        await TakeAsync(First);
        Assert.Equal(WorkerLoadState.Working, Assert.Single(_queue.View().Workers).State);
    }

    [Fact]
    public async Task A_worker_that_hangs_while_it_waits_for_more_frames_is_seen_as_silent_too()
    {
        await AddAsync(1);
        await TakeAsync(First);
        DateTimeOffset spoken = _time.GetUtcNow();
        Task<FrameLeaseAnswer> waiting = _queue.LeaseAsync(Demand(First), TimeSpan.FromHours(1), Ct).AsTask();

        _time.Advance(Life);
        FrameLease again = (await waiting).Lease!;
        WorkerLoad worker = Assert.Single(_queue.View().Workers);
        Assert.Equal((WorkerLoadState.Silent, spoken), (worker.State, worker.Seen));

        Give(again, First, 1);
        Assert.NotEqual(WorkerLoadState.Silent, Assert.Single(_queue.View().Workers).State);
    }

    [Fact]
    public async Task A_worker_that_speaks_up_and_gives_no_row_is_seen_as_stuck_and_so_is_its_run()
    {
        await AddAsync(1);
        FrameLease lease = (await TakeAsync(First))!;

        for (int time = 0; time < 4; time++)
        {
            _time.Advance(Life * 0.6);
            Assert.True(_queue.Extend(lease.Id, First.Credential));
        }

        Assert.Equal(WorkerLoadState.Stuck, Assert.Single(_queue.View().Workers).State);
        Assert.Equal(RunLoadState.Stuck, Assert.Single(_queue.View().Runs).State);
    }

    [Fact]
    public async Task Between_two_frames_that_come_quickly_neither_worker_nor_run_is_idle()
    {
        await AddAsync(_queue, 1, follow: true);
        Give((await TakeAsync(First))!, First, 1);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(WorkerLoadState.Working, Assert.Single(_queue.View().Workers).State);
        Assert.Equal(RunLoadState.Running, Assert.Single(_queue.View().Runs).State);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(WorkerLoadState.Idle, Assert.Single(_queue.View().Workers).State);
        Assert.Equal(RunLoadState.Idle, Assert.Single(_queue.View().Runs).State);
    }

    [Fact]
    public async Task A_run_whose_rows_are_all_given_is_seen_as_finishing_until_it_is_taken_off()
    {
        PendingFrames run = await AddAsync(1);
        Give((await TakeAsync(First))!, First, 1);
        _queue.Leave(First);

        RunLoad load = Assert.Single(_queue.View().Runs);
        Assert.Equal((RunLoadState.Finishing, 1L, 0L, 0), (load.State, load.Done, load.Waiting, load.InWork));
        _queue.Remove(run);
        Assert.Empty(_queue.View().Runs);
    }

    [Fact]
    public async Task A_worker_that_asks_for_nothing_any_more_is_seen_as_gone_and_then_forgotten()
    {
        await TakeAsync(First);
        Assert.Equal(WorkerLoadState.Idle, Assert.Single(_queue.View().Workers).State);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(WorkerLoadState.Gone, Assert.Single(_queue.View().Workers).State);

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Empty(_queue.View().Workers);
    }

    [Fact]
    public async Task A_worker_that_leaves_is_seen_no_more_and_its_frames_go_to_others_without_blame()
    {
        await AddAsync(2);
        FrameLease lease = (await TakeAsync(First, frames: 2))!;
        Give(lease, First, 1);

        _queue.Leave(First);

        Assert.Empty(_queue.View().Workers);
        Assert.Equal([2], (await TakeAsync(Second, frames: 2))!.Frames.Select(frame => frame.Number));
        Assert.Equal(ErrorCode.NotFound, _queue.Claim(lease.Id, First.Credential, [Row(2)]).Error?.Code);
    }

    [Fact]
    public async Task A_worker_of_the_same_name_with_another_token_cannot_take_one_off()
    {
        await TakeAsync(First);

        _queue.Leave(First with { Credential = Second.Credential });

        Assert.Single(_queue.View().Workers);
    }

    [Fact]
    public async Task A_queue_reports_waiting_and_leased_frames_and_the_rate()
    {
        await AddAsync(30);
        FrameLease lease = (await TakeAsync(First, frames: 20))!;
        Give(lease, First, [.. Enumerable.Range(1, 10)]);
        _time.Advance(TimeSpan.FromSeconds(5));

        QueueLoad queue = Assert.Single(_queue.View().Queues);
        Assert.Equal((10, 10, 1.0, 5.0), (queue.Waiting, queue.InWork, queue.FramesPerSecond, queue.Lag.TotalSeconds));
    }

    [Fact]
    public async Task A_queue_counts_the_frames_that_were_given_up_when_their_run_is_over_too()
    {
        PendingFrames run = await AddAsync(1);
        for (int attempt = 0; attempt < new RunDispatchOptions().MaxDeliveries; attempt++)
        {
            await TakeAsync(First);
            _time.Advance(Life);
        }

        Assert.Equal(1, Assert.Single(_queue.View().Runs).GivenUp);
        _queue.Remove(run);
        Assert.Equal(1, Assert.Single(_queue.View().Queues).GivenUp);
    }

    /// <summary>A clock whose timers ring a moment early, as those of the system do.</summary>
    private sealed class HastyTime(ManualTime time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime - TimeSpan.FromMilliseconds(10), period);
    }

    private FrameLeaseQueue NewBoard(RunDispatchOptions options) => new(options, _time, () => new Guid(++_ids, 0, 0, new byte[8]));

    private Task<PendingFrames> AddAsync(int frames, string? ns = null) => AddAsync(_queue, frames, ns);

    private async Task<PendingFrames> AddAsync(FrameLeaseQueue queue, int frames, string? ns = null, bool follow = false)
    {
        var description = new RunDescription("program", "1", null, null, null, "anna", null, ns);
        var id = new DatasetId(new Guid(++_ids, 0, 0, new byte[8]));
        PendingFrames run = queue.Add(new ActiveRun(id.Value, description, new VersionReference(id, follow ? null : 1, null), id));
        run.Rows = Channel.CreateUnbounded<FinishedFrame>();
        for (int number = 1; number <= frames; number++)
        {
            await queue.OfferAsync(run, new FrameWork(new StoredFrame(number, Entry.File(default, 0)), null), Ct);
        }

        if (!follow)
        {
            queue.EndOffers(run);
        }

        return run;
    }

    private async Task<FrameLease?> TakeAsync(WorkerName worker, int frames = 1, PendingFrames? run = null, string ns = WorkerNamespace.Default) =>
        (await _queue.LeaseAsync(Demand(worker) with { MaxFrames = frames, Run = run?.Run.Id, Namespace = ns }, TimeSpan.Zero, Ct)).Lease;

    private int[] Give(FrameLease lease, WorkerName worker, params int[] frames)
    {
        (PendingFrames run, List<FinishedFrame> taken) = _queue.Claim(lease.Id, worker.Credential, [.. frames.Select(Row)]).Value;
        _queue.Complete(run, taken.Count);
        return [.. taken.Select(frame => frame.Work.Frame.Number)];
    }

    private static FrameResult Row(int frame) => new(frame, JsonElement.Parse($$"""{"file-number":{{frame}}}"""));

    private static FrameLeaseRequest Demand(WorkerName worker) =>
        new() { Worker = worker, Namespace = WorkerNamespace.Default, Programs = new HashSet<string> { "program" } };
}
