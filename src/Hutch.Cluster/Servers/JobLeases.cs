using Hutch.Cluster.Journal;
using Hutch.Site.Platform.Leases;

namespace Hutch.Cluster.Servers;

/// <summary>
/// Leases for jobs that only one server of a site may do at a time. A lease is taken with the head of the log locked, and under the same
/// lock each append learns which leases its server holds. So a commit whose decision checks <see cref="JobLease.IsHeld"/> is never made for
/// a lease that has another holder. PostgreSQL's clock decides when a lease ends. Its holder counts from its request on a monotonic clock,
/// and stops before that end (decision 0163).
/// </summary>
public sealed partial class JobLeases : IJobLeases, IAsyncDisposable
{
    private readonly LogConnections _connections;
    private readonly PostgresLog _log;
    private readonly ServerIdentity _server;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<JobLease> _held = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly LivenessSession _session;
    private readonly Task _renewing;

    public JobLeases(
        LogConnections connections, PostgresLog log, ServerIdentity server, LeaseOptions options, TimeProvider time, ILogger logger)
    {
        (_connections, _log, _server, _options, _time, _logger) = (connections, log, server, options, time, logger);
        _session = new LivenessSession(connections, Epoch, options, time, logger);
        _renewing = Task.Run(RenewAsync);
    }

    public bool HasOthers => true;

    private long Epoch => _log.Epoch ?? throw new InvalidOperationException("This server has not joined the others.");

    private TimeSpan HeldFor => _options.Length - _options.Margin;

    /// <summary>Takes the lease of a job; null while another server, or another part of this one, has it.</summary>
    /// <exception cref="LogUnusableException">PostgreSQL cannot be queried.</exception>
    public async Task<JobLease?> TryTakeAsync(string job, CancellationToken ct)
    {
        try
        {
            // Only for one that may be free the appends are stopped.
            return await MayBeFreeAsync(job, ct) ? await AcquireAsync(job, ct) : null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, _connections.Place);
        }
    }

    async ValueTask<IJobLease?> IJobLeases.TryAcquireAsync(string job, CancellationToken ct) => await TryTakeAsync(job, ct);

    public Task WaitAsync(string job, CancellationToken ct) => _session.WaitAsync(job, ct);

    /// <summary>Stops the renewal. Leases not returned before are lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
        Array.ForEach(ListOwned(), static lease => lease.Prolong(TimeSpan.Zero));
        await _session.DisposeAsync();
    }

    /// <summary>Returns true if this server held a lease when it took its last turn.</summary>
    internal bool Holds(JobLease lease) => _log.Holds(lease.Job, lease.Epoch);

    /// <summary>Returns a lease, so that others can take it.</summary>
    internal async Task ReleaseAsync(JobLease lease, CancellationToken ct)
    {
        lock (_gate)
        {
            _held.Remove(lease);
        }

        try
        {
            using var limit = new CancellationTokenSource(_options.Length, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            await using NpgsqlConnection connection = await _connections.RentAsync(either.Token);
            await using var command = new NpgsqlCommand(LeaseTable.GiveBack, connection);
            command.Parameters.Add(LogParameter.From(lease.Epoch));
            await command.ExecuteNonQueryAsync(either.Token);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // It expires automatically.
        }
    }

    private async Task<bool> MayBeFreeAsync(string job, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await _connections.RentAsync(ct);
        await using var ask = new NpgsqlCommand(LeaseTable.MayBeFree, connection)
        {
            Parameters = { LogParameter.From(Epoch), LogParameter.From(_session.LeftOfDead), LogParameter.From(job) },
        };
        return await ask.ExecuteScalarAsync(ct) is true;
    }

    private async Task<JobLease?> AcquireAsync(string job, CancellationToken ct)
    {
        await using HeadTransaction head = await HeadTransaction.BeginAsync(_connections, ct);
        await using NpgsqlCommand take = head.Command(
            LeaseTable.Take,
            LogParameter.From(Epoch), LogParameter.From(_session.LeftOfDead), LogParameter.From(job), LogParameter.From(_server.Id),
            LogParameter.From(_options.Length));
        long asked = _time.GetTimestamp();
        object? epoch = await take.ExecuteScalarAsync(ct);
        await head.CommitAsync(ct);
        return epoch is long taken ? Register(job, taken, HeldFor - _time.GetElapsedTime(asked)) : null;
    }

    private JobLease Register(string job, long epoch, TimeSpan heldFor)
    {
        var lease = new JobLease(this, job, epoch, heldFor > TimeSpan.Zero ? heldFor : TimeSpan.Zero, _time);
        lease.Lost.Register(() => LogLost(_logger, job));
        lock (_gate)
        {
            _held.Add(lease);
        }

        return lease;
    }

    private JobLease[] ListOwned()
    {
        lock (_gate)
        {
            return [.. _held];
        }
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(_options.RenewEvery, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await RenewAsync(ListOwned());
            }
            catch (Exception e)
            {
                // As long as nothing is lost it is not worth more.
                LogNotRenewed(_logger, e);
            }
        }
    }

    private async Task RenewAsync(JobLease[] held)
    {
        if (held.Length == 0)
        {
            return;
        }

        using var limit = new CancellationTokenSource(_options.RenewEvery, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        await using NpgsqlConnection connection = await _connections.RentAsync(either.Token);
        await using var renew = new NpgsqlCommand(LeaseTable.Renew, connection);
        renew.Parameters.Add(LogParameter.From(held.Select(static lease => lease.Epoch).ToArray()));
        renew.Parameters.Add(LogParameter.From(_options.Length));
        long asked = _time.GetTimestamp();
        var still = new HashSet<long>();
        await using (NpgsqlDataReader reader = await renew.ExecuteReaderAsync(either.Token))
        {
            while (await reader.ReadAsync(either.Token))
            {
                still.Add(reader.GetInt64(0));
            }
        }

        TimeSpan heldFor = HeldFor - _time.GetElapsedTime(asked);
        Array.ForEach(held, lease => lease.Prolong(still.Contains(lease.Epoch) ? heldFor : TimeSpan.Zero));
    }

    [LoggerMessage(
        EventId = 7130, Level = LogLevel.Warning,
        Message = "The job '{Job}' is no longer this server's: its lease could not be renewed in time, or another server has it")]
    private static partial void LogLost(ILogger logger, string job);

    [LoggerMessage(EventId = 7131, Level = LogLevel.Debug, Message = "Leases of jobs could not be renewed; it is tried again")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception);
}
