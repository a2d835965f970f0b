using System.Runtime.CompilerServices;
using Hutch.Model.Records;

namespace Hutch.Cluster.Journal;

/// <summary>
/// The log of a site in PostgreSQL, shared by all servers of the site. A turn is the row lock of <c>site_head</c>, and nothing else
/// coordinates the servers: its holder knows everything that was committed before.
/// </summary>
/// <remarks>
/// Reading and waiting are thread-safe; this server has at most one turn at a time, and further calls wait. An append takes two round
/// trips: lock and read the missed rows; insert, move the head, commit (decision 0160).
/// </remarks>
public sealed class PostgresLog : ISiteLog, ILogBodies, IAsyncDisposable
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
    private readonly SemaphoreSlim _mutex = new(1, 1);
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
        (_server, _members, _time, _newId) = (server, members, time, newId);
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
        await _mutex.WaitAsync(cancellationToken);
        try
        {
            long began = _time.GetTimestamp();
            ILogLock logLock = await AcquireLockAsync(after, cancellationToken);
            _meter.Taken(_time.GetElapsedTime(began));
            return logLock;
        }
        catch
        {
            _mutex.Release();
            throw;
        }
    }

    public async IAsyncEnumerable<JournalGroup> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await RentAsync(cancellationToken);
        LogPosition logPosition = PlaceSeen(after) ?? await LogLockConnection.FindAsync(connection, after, cancellationToken);
        var chain = new LogChain(BeginAfter(logPosition), _connections.Where);
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
        _mutex.Dispose();
    }

    /// <summary>Returns true if this server held the lease of a job when it took its last turn.</summary>
    internal bool Holds(string job, long epoch) => _leases.Contains($"{job} {epoch}");

    /// <summary>Ends a turn, so that the next one may begin.</summary>
    internal void EndTransaction() => _mutex.Release();

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
    private LogPosition BeginAfter(LogPosition logPosition)
    {
        lock (_gate)
        {
            _applied = logPosition;
            return _members.Applied.Number < logPosition.Number ? _members.Applied : logPosition;
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

    public async Task<long> LastSequenceAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await RentAsync(ct);
        await using var ask = new NpgsqlCommand("SELECT last_sequence FROM site_head", connection);
        return await ask.ExecuteScalarAsync(ct) is long last ? last : 0;
    }

    /// <summary>
    /// Asks the primary for the number of the last record in the log. One query serves all waiting callers, and no caller gets the answer
    /// to a query sent before its call (after the read index of etcd). The follower is notified, so that it need not wait for a
    /// notification.
    /// </summary>
    /// <exception cref="LogUnusableException">A standby answers, or PostgreSQL does not answer.</exception>
    /// <exception cref="LogWentBackException">The log lacks rows that this server has applied.</exception>
    public Task<long> QueryLastSequenceAsync(CancellationToken cancellationToken) => _lastQuestion.GetAsync(cancellationToken);

    private async Task<long> QueryLastSequenceOnceAsync(CancellationToken ct)
    {
        LogPosition seen = Seen();
        RequireUsable();
        try
        {
            await using NpgsqlConnection connection = await _connections.RentAsync(ct);
            await using var ask = new NpgsqlCommand(
                "SELECT last_sequence, last_row, last_id, pg_is_in_recovery() FROM site_head", connection);
            await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            if (reader.GetBoolean(3))
            {
                throw LogFailure.Standby(_connections.Place);
            }

            var last = new LogPosition(reader.GetInt64(1), reader.GetGuid(2));
            if (last.Number < seen.Number || (last.Number == seen.Number && last.Id != seen.Id))
            {
                var wentBack = new LogWentBackException(_connections.Where, seen);
                Volatile.Write(ref _wentBack, wentBack);
                throw wentBack;
            }

            _hints.OnNotified(reader.GetInt64(0));
            return reader.GetInt64(0);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, _connections.Place);
        }
    }

    /// <summary>
    /// Returns true if a row that this server applied is in the log. If not, PostgreSQL went back in time, and the state that the server
    /// derived from the log is invalid.
    /// </summary>
    public async Task<bool> HasAsync(LogPosition row, CancellationToken ct)
    {
        if (row.Number == 0)
        {
            return true;
        }

        await using NpgsqlConnection connection = await RentAsync(ct);
        await using var ask = new NpgsqlCommand("SELECT id FROM site_log WHERE number = $1", connection);
        ask.Parameters.Add(LogParameter.From(row.Number));
        return await ask.ExecuteScalarAsync(ct) is Guid id && id == row.Id;
    }

    public Task CatchUpAsync(CancellationToken ct) => _catchUp.GetAsync(ct);

    /// <summary>Passes all missing rows to the members only: a checkpoint may already hold most of the records.</summary>
    private async Task<long> CatchUpOnceAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await RentAsync(ct);
        var chain = new LogChain(_members.Applied, _connections.Where);
        await using var ask = new NpgsqlCommand(StoredRow.MembersAfter, connection);
        ask.Parameters.Add(LogParameter.From(chain.Last.Number));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            StoredRow row = StoredRow.Read(reader);
            chain.Follow(row);
            Record([row.ForMembers]);
        }

        return chain.Last.Number;
    }

    /// <summary>Returns true if records after the given one are no longer in the log, but only in a checkpoint.</summary>
    public async Task<bool> IsTrimmedAfterAsync(long sequence, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await RentAsync(ct);
        await using var ask = new NpgsqlCommand(
            """
            SELECT EXISTS (SELECT FROM site_log WHERE last_sequence > 0 AND last_sequence > $1
                AND number <= (SELECT trimmed_row FROM site_head))
            """,
            connection);
        ask.Parameters.Add(LogParameter.From(sequence));
        return await ask.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Reads the checkpoints in the log, newest first.</summary>
    public async IAsyncEnumerable<JournalRecord.Checkpoint> CheckpointsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using NpgsqlConnection connection = await RentAsync(ct);
        await using var ask = new NpgsqlCommand("SELECT journal FROM site_log WHERE has_checkpoint ORDER BY number DESC", connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (CheckpointMark.Newest(await reader.GetFieldValueAsync<byte[]>(0, ct)) is { } checkpoint)
            {
                yield return checkpoint;
            }
        }
    }

    internal async ValueTask AppendAsync(LogLockConnection connection, LogHead head, LogGroup group)
    {
        List<RowDraft> rows = RowDraft.From(group);
        LogPosition last = head.Last;
        var commands = new List<NpgsqlBatchCommand>(rows.Count);
        try
        {
            RequireHigher(head, group);
            foreach (RowDraft row in rows)
            {
                var position = new LogPosition(last.Number + 1, _newId());
                LogGroup? records = row == rows[^1] && group.FirstSequence > 0 ? group : null;
                commands.Add(row.Place(position, last.Id, head.TimeMs, records, _members));
                last = position;
            }

            (_attempt, _isConfirmed, _lastAppend) = (last, false, AppendOutcome.Unknown);
            long sequence = Math.Max(head.LastSequence, group.LastSequence);
            long began = _time.GetTimestamp();
            await connection.AppendAsync(commands, last, sequence, head.TimeMs);
            _meter.Committed(_time.GetElapsedTime(began));
            NoteOwn(rows, sequence);
        }
        catch (Exception e)
        {
            _meter.Failed(e);
            await DropAsync();
            if (e is StorageRefusedException)
            {
                (_attempt, _lastAppend) = (null, AppendOutcome.NotThere);
            }

            throw e is NpgsqlException or TimeoutException ? LogFailure.Unconfirmed(e, _connections.Where) : e;
        }
    }

    /// <summary>Ends a turn without an append.</summary>
    internal async ValueTask ReturnAsync(LogLockConnection connection)
    {
        try
        {
            await connection.RollbackAsync();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            // Nothing was changed, and the next turn takes another connection.
            await DropAsync();
        }
    }

    private static void RequireHigher(LogHead head, LogGroup group)
    {
        if (group.FirstSequence > 0 && group.FirstSequence <= head.LastSequence)
        {
            throw new InvalidOperationException($"Record {group.FirstSequence} cannot follow record {head.LastSequence}.");
        }
    }

    /// <summary>Takes the turn, and retries after a temporary failure.</summary>
    private async ValueTask<ILogLock> AcquireLockAsync(long after, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_connections.Options.AnswerWithin, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        for (Exception failure = new TimeoutException(); ;)
        {
            try
            {
                return await TryAcquireAsync(after, either.Token);
            }
            catch (Exception e)
            {
                await DropAsync();
                ct.ThrowIfCancellationRequested();
                if (e is LogWentBackException wentBack)
                {
                    Volatile.Write(ref _wentBack, wentBack);
                }

                failure = e is OperationCanceledException ? failure : e;
                if (limit.IsCancellationRequested || !LogFailure.IsPassing(failure))
                {
                    throw LogFailure.InWords(failure, _connections.Place);
                }

                await Task.Delay(_connections.Options.TryAgainAfter, _time, ct);
            }
        }
    }

    private async ValueTask<ILogLock> TryAcquireAsync(long after, CancellationToken ct)
    {
        RequireUsable();
        LogLockConnection connection = _connection ??= await LogLockConnection.OpenAsync(_connections, ct);
        LogPosition logPosition = PlaceSeen(after) ?? await connection.FindAsync(after, ct);
        var chain = new LogChain(BeginAfter(logPosition), _connections.Where);
        var missed = new List<JournalGroup>();
        var rows = new List<LogRow>();
        LogHead head = await connection.BeginAsync(_server.Id, chain.Last.Number, _attempt?.Number ?? 0, Follow, ct);
        RequireOurs(head);
        chain.RequireEnd(head.Last);
        Record(rows);
        See(head.LastSequence, head.Last);
        if (_attempt is { } attempt)
        {
            bool isThere = head.Asked == attempt.Id;
            if (isThere && !_isConfirmed)
            {
                // Visibility to others does not prove that it has reached the standby. A later commit proves it.
                await connection.ConfirmAsync();
                _isConfirmed = true;
                return await TryAcquireAsync(after, ct);
            }

            (_attempt, _isConfirmed, _lastAppend) = (null, false, isThere ? AppendOutcome.There : AppendOutcome.NotThere);
        }

        _now = Math.Max(_now, head.TimeMs);
        _leases = head.Leases;
        return new PostgresLogLock(this, connection, head with { TimeMs = _now }, missed, _lastAppend);

        void Follow(StoredRow row)
        {
            chain.Follow(row);
            rows.Add(row.ForMembers);
            if (row.LastSequence > after)
            {
                missed.Add(row.Group);
            }
        }
    }

    private void RequireUsable()
    {
        if (Volatile.Read(ref _wentBack) is { } wentBack)
        {
            throw wentBack;
        }
    }

    /// <summary>Checks that an operator has not replaced the log that this server knows.</summary>
    private void RequireOurs(LogHead head)
    {
        if (head.Format != LogSchema.Format)
        {
            throw new LogUnusableException(LogDatabase.OtherFormat(_connections.Where, head.Format));
        }

        if (head.Site != Site)
        {
            throw new LogUnusableException(LogDatabase.OtherSite(_connections.Where, head.Site, Site));
        }

        if (Epoch is { } epoch && head.Epoch != epoch)
        {
            throw new LogUnusableException(
                "This server is no longer one of the site's: it was silent for so long that the others went on without it, or it was "
                + "started a second time. What it had begun cannot be committed any more: restart it");
        }
    }

    /// <summary>Notes a commit of this server: the members are known, and no row was missed.</summary>
    private void NoteOwn(List<RowDraft> rows, long sequence)
    {
        Record(rows.Select(static row => row.ForMembers));
        lock (_gate)
        {
            _applied = rows[^1].Position;
        }

        See(sequence, rows[^1].Position);
        (_attempt, _lastAppend) = (null, AppendOutcome.There);
        _hints.Notify(sequence);
    }

    private async ValueTask DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
