using System.Text.Json;
using System.Threading.Channels;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Records;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Testing.Clocks;

namespace Hutch.Processing.Tests.Dispatch;

/// <summary>What becomes of frames that come faster than they are analysed.</summary>
public sealed class SkippedFramesTests
{
    private const int Room = PendingFrames.MaxFramesAhead;

    private readonly ManualTime _time = new();
    private readonly FrameLeaseQueue _queue;
    private int _ids;

    public SkippedFramesTests() => _queue = new FrameLeaseQueue(new RunDispatchOptions(), _time, () => new Guid(++_ids, 0, 0, new byte[8]));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("all")]
    [InlineData("newest")]
    [InlineData("every:10")]
    public async Task As_long_as_there_is_room_nothing_is_skipped(string policy)
    {
        PendingFrames run = Add(policy);

        List<int> skipped = await OfferAsync(run, 1, Room);

        Assert.Empty(skipped);
        Assert.Same(SkippedFrames.None, _queue.Skipped(run));
    }

    [Fact]
    public async Task All_wait_for_room_and_nothing_is_skipped()
    {
        PendingFrames run = Add("all");
        await OfferAsync(run, 1, Room);

        Task<IReadOnlyList<FrameWork>> next = _queue.OfferAsync(run, Frame(Room + 1), Ct).AsTask();
        bool waited = !next.IsCompleted;
        int[] taken = await TakeAsync(run);

        Assert.True(waited);
        Assert.Equal([1], taken);
        Assert.Empty(await next);
    }

    [Fact]
    public async Task The_newest_is_next_and_the_oldest_of_those_that_wait_is_skipped()
    {
        PendingFrames run = Add("newest");

        List<int> skipped = await OfferAsync(run, 1, Room + 3);

        Assert.Equal([1, 2, 3], skipped);
        int[] taken = await TakeAsync(run, 2);
        Assert.Equal([Room + 3, Room + 2], taken);
        SkippedFrames told = _queue.Skipped(run);
        Assert.Equal((3L, new FrameRange(1, 3)), (told.Frames, Assert.Single(told.Ranges)));
        Assert.Equal(3, Assert.Single(_queue.View().Runs).Skipped);
        Assert.Equal(3, _queue.Progress(run.Run.Id)?.Skipped.Frames);
    }

    [Fact]
    public async Task Every_tenth_is_never_skipped_and_is_waited_for_when_there_is_nothing_else()
    {
        PendingFrames run = Add("every:10");

        List<int> skipped = await OfferAsync(run, 1, Room + 1);
        Assert.Equal(Enumerable.Range(1, Room).Where(frame => frame % 10 != 1), skipped);
        int[] taken = await TakeAsync(run, 2);
        Assert.Equal([1, 11], taken);

        // Only such frames: there is none to do without.
        PendingFrames sparse = Add("every:10");
        for (int number = 0; number < Room; number++)
        {
            Assert.Empty(await _queue.OfferAsync(sparse, Frame((number * 10) + 1), Ct));
        }

        Task<IReadOnlyList<FrameWork>> next = _queue.OfferAsync(sparse, Frame((Room * 10) + 1), Ct).AsTask();
        Assert.False(next.IsCompleted);
        await TakeAsync(sparse);
        Assert.Empty(await next);
    }

    [Fact]
    public async Task Of_many_ranges_the_first_are_named_and_all_frames_are_counted()
    {
        PendingFrames run = Add("every:2");
        await OfferAsync(run, 1, Room + 1);

        SkippedFrames told = _queue.Skipped(run);

        Assert.Equal((Room / 2, SkippedFrames.MaxRanges), (told.Frames, told.Ranges.Count));
        Assert.Equal([2, 4, 6], told.Ranges.Take(3).Select(range => range.First));
    }

    /// <summary>A detector and workers of changing speed; workers give, give back and die.</summary>
    [Theory]
    [InlineData("all", 1)]
    [InlineData("all", 2)]
    [InlineData("all", 3)]
    [InlineData("all", 4)]
    [InlineData("newest", 1)]
    [InlineData("newest", 2)]
    [InlineData("newest", 3)]
    [InlineData("newest", 4)]
    [InlineData("every:2", 1)]
    [InlineData("every:2", 2)]
    [InlineData("every:2", 3)]
    [InlineData("every:2", 4)]
    [InlineData("every:7", 1)]
    [InlineData("every:7", 2)]
    [InlineData("every:7", 3)]
    [InlineData("every:7", 4)]
    public async Task Every_frame_gets_a_row_or_is_given_up_or_is_skipped_and_only_one_of_these(string policy, int seed)
    {
        const int Frames = 3000;
        var random = new Random(seed);
        PendingFrames run = Add(policy);
        LagPolicy wanted = LagPolicy.Parse(policy).Value;
        var skipped = new List<int>();
        var done = new List<int>();
        var leases = new List<FrameLease>();
        Task<IReadOnlyList<FrameWork>>? offered = null;
        int sent = 0;
        int detectorPercent = 50;
        for (int step = 0; !run.IsOver; step++)
        {
            Assert.True(step < 1_000_000, "It does not end.");
            detectorPercent = step % 500 == 0 ? random.Next(5, 95) : detectorPercent;
            if (offered is { IsCompleted: true } answered)
            {
                skipped.AddRange((await answered).Select(frame => frame.Frame.Number));
                offered = null;
            }

            if (sent < Frames && offered is null && random.Next(100) < detectorPercent)
            {
                offered = _queue.OfferAsync(run, Frame(++sent), Ct).AsTask();
            }
            else if (sent == Frames && offered is null && !run.IsFed)
            {
                _queue.EndOffers(run);
            }
            else if (leases.Count < 5 && random.Next(2) == 0)
            {
                leases.AddRange(await LeaseAsync(run, random.Next(1, 6)) is { } lease ? [lease] : []);
            }
            else if (leases.Count > 0)
            {
                FrameLease lease = leases[random.Next(leases.Count)];
                leases.Remove(lease);
                switch (random.Next(20))
                {
                    case 0:
                        _queue.Return(lease.Id, Worker.Credential);
                        break;
                    case 1:
                        // All that it had goes with it.
                        leases.Clear();
                        _time.Advance(TimeSpan.FromSeconds(31));
                        break;
                    default:
                        var rows = lease.Frames.Select(frame => new FrameResult(frame.Number, default)).ToList();
                        List<FinishedFrame> taken = _queue.Claim(lease.Id, Worker.Credential, rows).Value.Rows;
                        done.AddRange(taken.Select(row => row.Work.Frame.Number));
                        _queue.Complete(run, taken.Count);
                        break;
                }
            }

            while (run.Lost.Reader.TryRead(out TriedFrame lost))
            {
                done.Add(lost.Work.Frame.Number);
                _queue.Complete(run);
            }

            if (offered is not null && run.Queued + run.Open < Room)
            {
                // The queue has room, and takes the frame on another thread: waits for that without counting steps.
                await offered.WaitAsync(TimeSpan.FromMinutes(5), Ct);
            }
        }

        Assert.Equal(Enumerable.Range(1, Frames), done.Concat(skipped).Order());
        Assert.DoesNotContain(skipped, wanted.AlwaysAnalyses);
        Assert.Equal(skipped.Count, _queue.Skipped(run).Frames);
        Assert.Equal(skipped.Order(), run.Skipped.Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)));
        Assert.Equal(0, run.Queued + run.Open);
        Assert.Equal(Room, run.Capacity.CurrentCount);
    }

    private static WorkerName Worker { get; } = new("token", "worker");

    private PendingFrames Add(string policy)
    {
        var parameters = JsonElement.Parse($$"""{"whenBehind":"{{policy}}"}""");
        var description = new RunDescription("program", "1", null, parameters, null, "anna", null);
        var id = new DatasetId(new Guid(++_ids, 0, 0, new byte[8]));
        PendingFrames run = _queue.Add(new ActiveRun(id.Value, description, new VersionReference(id, null, null), id));
        run.Rows = Channel.CreateUnbounded<FinishedFrame>();
        return run;
    }

    private static FrameWork Frame(int number) => new(new StoredFrame(number, Entry.File(default, 0)), null);

    private async Task<List<int>> OfferAsync(PendingFrames run, int first, int last)
    {
        var skipped = new List<int>();
        for (int number = first; number <= last; number++)
        {
            skipped.AddRange((await _queue.OfferAsync(run, Frame(number), Ct)).Select(frame => frame.Frame.Number));
        }

        return skipped;
    }

    private async Task<int[]> TakeAsync(PendingFrames run, int frames = 1) =>
        [.. (await LeaseAsync(run, frames))!.Frames.Select(frame => frame.Number)];

    private async Task<FrameLease?> LeaseAsync(PendingFrames run, int frames)
    {
        var request = new FrameLeaseRequest
        {
            Worker = Worker,
            Namespace = WorkerNamespace.Default,
            Programs = new HashSet<string> { "program" },
            Run = run.Run.Id,
            MaxFrames = frames,
        };
        return (await _queue.LeaseAsync(request, TimeSpan.Zero, Ct)).Lease;
    }
}
