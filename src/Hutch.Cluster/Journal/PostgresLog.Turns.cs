using Hutch.Storage;
using Npgsql;

namespace Hutch.Cluster.Journal;

/// <summary>Turns: begun under the row lock with a read of the missed rows; ended by the commit or a rollback.</summary>
public sealed partial class PostgresLog
{
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
        LogPosition place = PlaceSeen(after) ?? await connection.FindAsync(after, ct);
        var chain = new LogChain(BeginAfter(place), _connections.Where);
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

    /// <summary>Checks that this is still the log that this server knows, whatever an operator has done.</summary>
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
