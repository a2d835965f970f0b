using Hutch.Site.Platform.Leases;
using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Leases;

/// <summary>Work goes on where its lease is, and nowhere else.</summary>
public sealed class LeasedTaskTests
{
    private const string Job = "folding";

    private readonly ShiftedTime _time = new() { HoldsWaits = true };
    private readonly Leases _leases = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_is_done_gives_its_lease_back()
    {
        await new LeasedTask(_leases, Job, (_, _) => Task.CompletedTask, _time).RunAsync(Ct);

        Assert.NotNull(await _leases.TryAcquireAsync(Job, Ct));
    }

    [Fact]
    public async Task Work_waits_for_as_long_as_another_one_has_the_lease()
    {
        IJobLease other = (await _leases.TryAcquireAsync(Job, Ct))!;
        bool hasRun = false;
        Task running = new LeasedTask(_leases, Job, (_, _) => Task.FromResult(hasRun = true), _time).RunAsync(Ct);

        Assert.False(hasRun);
        Assert.False(running.IsCompleted);
        await other.DisposeAsync();

        await running;
        Assert.True(hasRun);
    }

    [Fact]
    public async Task Work_whose_lease_was_lost_stops_and_begins_again_with_the_next_one()
    {
        int begun = 0;
        Task running = new LeasedTask(_leases, Job, WorkAsync, _time).RunAsync(Ct);

        await _leases.LoseAsync();

        await running;
        Assert.Equal(2, begun);

        async Task WorkAsync(IJobLease lease, CancellationToken ct)
        {
            if (++begun == 1)
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
        }
    }

    [Fact]
    public async Task Work_that_ends_quietly_as_its_lease_was_lost_is_not_done()
    {
        int begun = 0;
        Task running = new LeasedTask(_leases, Job, WorkAsync, _time).RunAsync(Ct);

        await _leases.LoseAsync();

        await running;
        Assert.Equal(2, begun);

        async Task WorkAsync(IJobLease lease, CancellationToken ct)
        {
            if (++begun == 1)
            {
                await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [Fact]
    public async Task Work_that_fails_says_so_and_leaves_the_job_to_others()
    {
        var work = new LeasedTask(_leases, Job, (_, _) => throw new InvalidOperationException("broken"), _time);

        await Assert.ThrowsAsync<InvalidOperationException>(() => work.RunAsync(Ct));

        Assert.NotNull(await _leases.TryAcquireAsync(Job, Ct));
    }

    [Fact]
    public async Task While_leases_cannot_be_asked_for_the_work_waits()
    {
        _leases.Failure = new StorageRefusedException("PostgreSQL does not answer.");
        bool hasRun = false;
        Task running = new LeasedTask(_leases, Job, (_, _) => Task.FromResult(hasRun = true), _time).RunAsync(Ct);

        Assert.False(hasRun);
        _leases.Failure = null;
        await PassAsync(running);

        await running;
        Assert.True(hasRun);
    }

    /// <summary>Waits until the work waits for its turn, and lets the time pass.</summary>
    private async Task PassAsync(Task running)
    {
        while (_time.Held == 0 && !running.IsCompleted)
        {
            await Task.Delay(1, Ct);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Leases that a test can take away.</summary>
    private sealed class Leases : IJobLeases
    {
        private readonly LocalLeases _local = new();
        private readonly TaskCompletionSource<Lease> _first = new();

        public Exception? Failure { get; set; }

        public bool HasOthers => true;

        public async ValueTask<IJobLease?> TryAcquireAsync(string job, CancellationToken ct)
        {
            if (Failure is { } failure)
            {
                throw failure;
            }

            if (await _local.TryAcquireAsync(job, ct) is not { } local)
            {
                return null;
            }

            var lease = new Lease(local);
            _first.TrySetResult(lease);
            return lease;
        }

        public Task WaitAsync(string job, CancellationToken ct) => _local.WaitAsync(job, ct);

        public async Task LoseAsync() => await (await _first.Task).LoseAsync();
    }

    private sealed class Lease(IJobLease local) : IJobLease
    {
        private readonly CancellationTokenSource _lost = new();

        public string Job => local.Job;

        public bool IsHeld => local.IsHeld && !_lost.IsCancellationRequested;

        public CancellationToken Lost => _lost.Token;

        public Task LoseAsync() => _lost.CancelAsync();

        public ValueTask DisposeAsync() => local.DisposeAsync();
    }
}
