using System.Runtime.CompilerServices;
using Hutch.Disk;
using Hutch.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hutch.Cluster.Journal;

/// <summary>
/// The log of a site in PostgreSQL, shared by all servers of the site. A turn is the row lock of <c>site_head</c>, and nothing else
/// coordinates the servers: its holder knows everything that was committed before.
/// </summary>
/// <remarks>
/// Reading and waiting are thread-safe; this server has at most one turn at a time, and further calls wait. An append takes two round
/// trips: lock and read the missed rows; insert, move the head, commit (decision 0160).
/// </remarks>
public sealed partial class PostgresLog : ISiteLog, ILogBodies, IAsyncDisposable
{
    private readonly LogConnections _connections;
    private readonly ILogMembers _members;
    private readonly ServerIdentity _server;
    private readonly TimeProvider _time;
    private readonly Func<Guid> _newId;
    private readonly LogNotifications _hints;
    private readonly LogMeter _meter;
    private readonly RequestCoalescer<long> _lastQuestion;
    private readonly RequestCoalescer<long> _catchUp;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private LogLockConnection? _connection;
    private LogWentBackException? _wentBack;
    private LogPosition? _attempt;
    private bool _isConfirmed;
    private AppendOutcome _lastAppend = AppendOutcome.NotThere;
    private (long Sequence, LogPosition Position) _seen;
    private LogPosition _applied;
    private IReadOnlyList<string> _leases = [];
    private long _now;

    private PostgresLog(
        LogConnections connections,
        Guid site,
        ServerIdentity server,
        ILogMembers members,
        TimeProvider time,
        Func<Guid> newId,
        ILogger logger)
    {
        _connections = connections;
        Site = site;
        _server = server;
        _members = members;
        _time = time;
        _newId = newId;
        _hints = new LogNotifications(connections, time, logger);
        _meter = new LogMeter(() => Math.Max(0, _hints.LastNotified - SeenSequence));
        _lastQuestion = new RequestCoalescer<long>(QueryLastSequenceOnceAsync);
        _catchUp = new RequestCoalescer<long>(CatchUpOnceAsync);
    }

    public Guid Site { get; }

    public ServerIdentity Server => _server;

    /// <summary>The reason why this server can append nothing until it is restarted; null if it can.</summary>
    public string? Failure => Volatile.Read(ref _wentBack)?.Message;

    /// <summary>The epoch of this server, which each append asserts; null until it has joined the others.</summary>
    public long? Epoch { get; internal set; }

    /// <summary>The position up to which this server has certainly applied the log, as of its last turn or read.</summary>
    public LogPosition Applied
    {
        get
        {
            lock (_gate)
            {
                return _applied;
            }
        }
    }

    /// <summary>Opens the log, and makes it in an empty database.</summary>
    /// <param name="connections">The database; its owner closes it after the log.</param>
    /// <param name="site">The required site; null for any.</param>
    /// <param name="time">The clock of this machine, for waiting; the time of records is PostgreSQL's.</param>
    /// <exception cref="LogUnusableException">The database cannot be the log of this server.</exception>
    public static async Task<PostgresLog> OpenAsync(
        LogConnections connections,
        Guid? site,
        ServerIdentity server,
        ILogMembers members,
        TimeProvider time,
        Func<Guid> newId,
        ILogger logger,
        CancellationToken ct) => new(
            connections, await LogDatabase.PrepareAsync(connections, site, newId(), ct), server, members, time, newId, logger);

    public async ValueTask<ILogLock> AcquireAsync(long after, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            long began = _time.GetTimestamp();
            ILogLock logLock = await AcquireLockAsync(after, cancellationToken);
            _meter.Taken(_time.GetElapsedTime(began));
            return logLock;
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    public async IAsyncEnumerable<JournalGroup> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await RentAsync(cancellationToken);
        LogPosition place = PlaceSeen(after) ?? await LogLockConnection.FindAsync(connection, after, cancellationToken);
        var chain = new LogChain(BeginAfter(place), _connections.Where);
        await using var ask = new NpgsqlCommand(StoredRow.After, connection);
        ask.Parameters.Add(LogParameter.From(chain.Last.Number));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(cancellationToken);
        long sequence = after;
        while (await reader.ReadAsync(cancellationToken))
        {
            StoredRow row = StoredRow.Read(reader);
            chain.Follow(row);
            Record([row.ForMembers]);
            if (row.LastSequence > after)
            {
                sequence = row.LastSequence;
                yield return row.Group;
            }
        }

        See(sequence, chain.Last);
    }

    public ValueTask WaitForMoreAsync(long after, CancellationToken cancellationToken) => _hints.WaitAsync(after, cancellationToken);

    public async ValueTask<string?> ReadBodiesAsync(long row, long offset, Memory<byte> into, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await RentAsync(ct);
        await using var ask = new NpgsqlCommand(
            "SELECT packed_in, substring(bodies FROM $2 FOR $3) FROM site_log WHERE number = $1", connection);
        ask.Parameters.Add(LogParameter.From(row));
        ask.Parameters.Add(LogParameter.From(checked((int)(offset + 1))));
        ask.Parameters.Add(LogParameter.From(into.Length));
        try
        {
            await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, ct);
            if (!await reader.ReadAsync(ct))
            {
                throw new IOException($"The log at {_connections.Where} has no row {row}.");
            }

            if (!await reader.IsDBNullAsync(0, ct))
            {
                return reader.GetString(0);
            }

            await using Stream bytes = await reader.GetStreamAsync(1, ct);
            await bytes.ReadExactlyAsync(into, ct);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, _connections.Place);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        await _hints.DisposeAsync();
        await DropAsync();
        _turn.Dispose();
    }

    /// <summary>Returns true if this server held the lease of a job when it took its last turn.</summary>
    internal bool Holds(string job, long epoch) => _leases.Contains($"{job} {epoch}");

    /// <summary>Ends a turn, so that the next one may begin.</summary>
    internal void EndTransaction() => _turn.Release();

    private async ValueTask<NpgsqlConnection> RentAsync(CancellationToken ct)
    {
        try
        {
            return await _connections.RentAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, _connections.Place);
        }
    }

    /// <summary>Returns the position of a record if it is the last one seen; null when PostgreSQL must be queried.</summary>
    private LogPosition? PlaceSeen(long sequence)
    {
        lock (_gate)
        {
            return sequence == 0 ? default(LogPosition) : sequence == _seen.Sequence ? _seen.Position : null;
        }
    }

    /// <summary>Returns the position to read from: the members may be further behind than the records, or the reverse.</summary>
    private LogPosition BeginAfter(LogPosition place)
    {
        lock (_gate)
        {
            _applied = place;
            return _members.Applied.Number < place.Number ? _members.Applied : place;
        }
    }

    private long SeenSequence
    {
        get
        {
            lock (_gate)
            {
                return _seen.Sequence;
            }
        }
    }

    private LogPosition Seen()
    {
        lock (_gate)
        {
            return _seen.Position;
        }
    }

    private void See(long sequence, LogPosition position)
    {
        lock (_gate)
        {
            if (position.Number >= _seen.Position.Number)
            {
                _seen = (sequence, position);
            }
        }
    }

    private void Record(IEnumerable<LogRow> rows)
    {
        lock (_gate)
        {
            // A catch-up may have read them already.
            LogRow[] news = [.. rows.Where(row => row.Number > _members.Applied.Number)];
            if (news.Length > 0)
            {
                _members.Apply(news);
            }
        }
    }
}
