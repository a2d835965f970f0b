using System.Diagnostics;
using Hutch.Catalog.Postgres;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;
using Hutch.Site.Platform.Leases;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>A job has one holder among the servers of a site, whatever becomes of them and of their connections.</summary>
public sealed class JobLeaseTests(PostgresServer server) : IAsyncLifetime
{
    private const string Job = "collector";

    private static readonly LeaseOptions Long = new() { Length = TimeSpan.FromHours(1), RenewEvery = TimeSpan.FromMilliseconds(50) };

    private static readonly LeaseOptions Watchful = Long with { DeadAfter = TimeSpan.FromMilliseconds(500), SettledAfter = TimeSpan.Zero };

    private static readonly LeaseOptions Short = new()
    {
        Length = TimeSpan.FromSeconds(3),
        RenewEvery = TimeSpan.FromMilliseconds(100),
        Margin = TimeSpan.FromSeconds(1),
    };

    private readonly List<IAsyncDisposable> _opened = [];
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(server, Ct);

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(_opened))
        {
            await one.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_job_has_one_holder_until_it_gives_the_lease_back()
    {
        Member a = await JoinAsync(Long);
        Member b = await JoinAsync(Long);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;

        Assert.Null(await b.Leases.TryTakeAsync(Job, Ct));
        Assert.Null(await a.Leases.TryTakeAsync(Job, Ct));
        Assert.NotNull(await b.Leases.TryTakeAsync("packer", Ct));
        await held.DisposeAsync();

        Assert.NotNull(await b.Leases.TryTakeAsync(Job, Ct));
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lease_is_renewed_for_as_long_as_it_is_held()
    {
        Member a = await JoinAsync(Short);
        Member b = await JoinAsync(Short);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;
        DateTime ends = Ends();

        await UntilAsync(() => Ends() > ends + Short.Length);

        Assert.False(held.Lost.IsCancellationRequested);
        Assert.Null(await b.Leases.TryTakeAsync(Job, Ct));
    }

    [Fact]
    public async Task A_server_that_leaves_leaves_its_jobs_to_the_others()
    {
        Member a = await JoinAsync(Long);
        Member b = await JoinAsync(Long);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;

        _opened.Remove(a.Membership);
        await a.Membership.DisposeAsync();

        Assert.NotNull(await b.Leases.TryTakeAsync(Job, Ct));
        await LostAsync(held);
    }

    [Fact]
    public async Task A_server_that_was_started_again_has_ended_its_earlier_life_and_the_leases_of_it()
    {
        Member killed = await JoinAsync(Long, Standing());
        Assert.NotNull(await killed.Leases.TryTakeAsync(Job, Ct));

        Member again = await JoinAsync(Long, identity: killed.Identity);

        Assert.NotNull(await again.Leases.TryTakeAsync(Job, Ct));
    }

    [Fact]
    public async Task The_job_of_a_server_that_was_killed_begins_at_another_one_long_before_its_lease_ends()
    {
        Member killed = await JoinAsync(Watchful, Standing(), _database.ThroughProxy);
        Member b = await JoinAsync(Watchful);
        Assert.NotNull(await killed.Leases.TryTakeAsync(Job, Ct));
        await StandsAsync(killed, b);
        Task waiting = b.Leases.WaitAsync(Job, Ct);

        _database.Proxy.Sever();
        await waiting.WaitAsync(TimeSpan.FromMinutes(5), Ct);

        Assert.NotNull(await b.Leases.TryTakeAsync(Job, Ct));
    }

    [Fact]
    public async Task A_server_that_stands_still_is_not_taken_for_dead()
    {
        Member still = await JoinAsync(Watchful, Standing());
        Member b = await JoinAsync(Watchful);
        Assert.NotNull(await still.Leases.TryTakeAsync(Job, Ct));
        await StandsAsync(still, b);

        await UntilAsync(() => _database.Ask<bool>("SELECT ends < clock_timestamp() + interval '59 minutes 59 seconds' FROM site_lease"));

        Assert.Null(await b.Leases.TryTakeAsync(Job, Ct));
    }

    [Fact]
    public async Task A_holder_that_lives_keeps_its_job_however_often_its_line_is_cut()
    {
        Member a = await JoinAsync(Watchful);
        Member b = await JoinAsync(Watchful);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;
        DateTime begun = Ends();
        await StandsAsync(b);

        await UntilAsync(async () =>
        {
            _database.Run($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {a.Log.Epoch}");
            Assert.Null(await b.Leases.TryTakeAsync(Job, Ct));
            return Ends() > begun + (4 * Watchful.DeadAfter);
        });

        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_server_with_a_new_liveness_session_does_not_consider_other_servers_dead()
    {
        Member killed = await JoinAsync(Watchful, Standing(), _database.ThroughProxy);
        Member b = await JoinAsync(Watchful with { SettledAfter = TimeSpan.FromMinutes(10) });
        Assert.NotNull(await killed.Leases.TryTakeAsync(Job, Ct));
        await StandsAsync(killed, b);

        _database.Proxy.Sever();
        await UntilAsync(() => _database.Ask<bool>("SELECT ends < clock_timestamp() + interval '59 minutes 59 seconds' FROM site_lease"));

        Assert.Null(await b.Leases.TryTakeAsync(Job, Ct));
    }

    [Fact]
    public async Task A_server_that_waits_for_a_job_is_notified_when_its_lease_is_released()
    {
        LeaseOptions seldom = Long with { RenewEvery = TimeSpan.FromHours(1) };
        Member a = await JoinAsync(seldom);
        Member b = await JoinAsync(seldom);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;
        await StandsAsync(b);
        Task waiting = b.Leases.WaitAsync(Job, Ct);

        await held.DisposeAsync();

        await waiting.WaitAsync(TimeSpan.FromMinutes(5), Ct);
        Assert.NotNull(await b.Leases.TryTakeAsync(Job, Ct));
    }

    [Fact]
    public async Task The_job_of_a_server_that_stands_still_begins_at_another_one_when_its_lease_ends()
    {
        Member killed = await JoinAsync(Short, Standing());
        Member b = await JoinAsync(Short);
        Assert.NotNull(await killed.Leases.TryTakeAsync(Job, Ct));
        DateTime ends = Ends();

        JobLease? taken = null;
        await UntilAsync(async () => (taken = await b.Leases.TryTakeAsync(Job, Ct)) is not null);

        Assert.True(Ends() >= ends + Short.Length);
    }

    [Fact]
    public async Task A_holder_that_cannot_reach_PostgreSQL_stops_before_anybody_else_can_begin()
    {
        Member a = await JoinAsync(Short, place: _database.ThroughProxy);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;
        var lost = new TaskCompletionSource<DateTime>();
        await using CancellationTokenRegistration noted = held.Lost.Register(() => lost.SetResult(DateTime.UtcNow));

        _database.Proxy.Unplug();

        Assert.True(await lost.Task.WaitAsync(TimeSpan.FromMinutes(5), Ct) < Ends());
        _database.Proxy.Plug();
    }

    [Fact]
    public async Task A_connection_that_breaks_now_and_then_costs_no_lease()
    {
        int renewals = 0;
        _database.Proxy.Decide = statement => statement.StartsWith("UPDATE site_lease", StringComparison.Ordinal)
            && Interlocked.Increment(ref renewals) % 2 == 1 ? Cut.Within : Cut.None;
        Member a = await JoinAsync(Short, place: _database.ThroughProxy);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;
        DateTime ends = Ends();

        await UntilAsync(() => Ends() > ends + Short.Length);

        Assert.False(held.Lost.IsCancellationRequested);
        Assert.True(renewals > 2);
    }

    [Fact]
    public async Task A_holder_that_stalled_learns_where_it_decides_that_another_one_has_its_job()
    {
        Member stalled = await JoinAsync(Short, Standing());
        Member b = await JoinAsync(Short);
        JobLease lease = (await stalled.Leases.TryTakeAsync(Job, Ct))!;
        await UntilAsync(() => _database.Ask<bool>("SELECT ends < clock_timestamp() FROM site_lease"));
        await using (await stalled.Log.AcquireAsync(0, Ct))
        {
            // The lease has expired, but no other server has taken it.
            Assert.True(lease.IsHeld);
        }

        Assert.NotNull(await b.Leases.TryTakeAsync(Job, Ct));

        await using ILogLock logLock = await stalled.Log.AcquireAsync(0, Ct);
        Assert.False(lease.IsHeld);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lease_that_another_server_has_is_lost_at_the_next_renewal()
    {
        Member a = await JoinAsync(Long);
        JobLease held = (await a.Leases.TryTakeAsync(Job, Ct))!;

        _database.Run("UPDATE site_lease SET epoch = nextval('site_epoch')");

        await LostAsync(held);
    }

    [Fact]
    public async Task A_server_that_was_put_out_takes_no_lease()
    {
        Member silent = await JoinAsync(Long);

        _database.Run("DELETE FROM site_server");

        Assert.Null(await silent.Leases.TryTakeAsync(Job, Ct));
    }

    [Fact]
    public async Task A_leased_task_runs_at_one_server_at_a_time_and_moves_to_another_server_when_the_lease_is_lost()
    {
        Member[] members = [await JoinAsync(Long), await JoinAsync(Long), await JoinAsync(Long)];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        int working = 0;
        bool hadTwo = false;
        var turns = new List<int>();
        Task[] loops = [.. members.Select((member, number) => new LeasedTask(member.Leases, Job, Work(number), TimeProvider.System).RunAsync(stop.Token))];

        await UntilAsync(() => turns.Count >= 2 * members.Length);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(loops));
        Assert.False(hadTwo);

        Func<IJobLease, CancellationToken, Task> Work(int number) => async (lease, ct) =>
        {
            hadTwo |= Interlocked.Increment(ref working) > 1;
            await Task.Yield();
            turns.Add(number);
            Interlocked.Decrement(ref working);

            // Ends the lease, so that the next server to ask for it gets the job.
            _database.Run("DELETE FROM site_lease");
            await Task.Delay(Timeout.Infinite, ct);
        };
    }

    /// <summary>The clock of a server that says nothing any more: it renews no lease, and does not notice that one has ended.</summary>
    private static ShiftedTime Standing() => new() { HoldsWaits = true };

    /// <summary>Waits until the life lines of servers stand.</summary>
    private Task StandsAsync(params Member[] members) => UntilAsync(() => members.All(member => _database.Ask<bool>(
        $"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = {member.Log.Epoch})")));

    private static async Task LostAsync(JobLease lease)
    {
        var waited = Stopwatch.StartNew();
        while (!lease.Lost.IsCancellationRequested)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), "It was not lost.");
            await Task.Delay(10, Ct);
        }
    }

    private static Task UntilAsync(Func<bool> isTrue) => UntilAsync(() => Task.FromResult(isTrue()));

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        var waited = Stopwatch.StartNew();
        while (!await isTrue())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), "It did not come true.");
            await Task.Delay(20, Ct);
        }
    }

    private DateTime Ends() => _database.Ask<DateTime>("SELECT ends FROM site_lease");

    private async Task<Member> JoinAsync(
        LeaseOptions options, TimeProvider? time = null, PostgresDatabase? place = null, ServerIdentity? identity = null)
    {
        identity ??= new ServerIdentity(Guid.NewGuid(), "test");
        (PostgresLog log, LogConnections connections) = await _database.OpenServerAsync(identity, place);
        Membership membership = await Membership.JoinAsync(
            connections, log, identity, new ServerOptions(), () => new ServerProgress(log.Applied.Number, null), TimeProvider.System,
            NullLogger.Instance, Ct);
        var leases = new JobLeases(connections, log, identity, options, time ?? TimeProvider.System, NullLogger.Instance);
        _opened.Add(membership);
        _opened.Add(leases);
        return new Member(identity, log, membership, leases);
    }

    private sealed record Member(ServerIdentity Identity, PostgresLog Log, Membership Membership, JobLeases Leases);
}
