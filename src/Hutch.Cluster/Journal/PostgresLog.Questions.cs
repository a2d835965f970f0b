using System.Runtime.CompilerServices;
using Hutch.Model.Records;
using Npgsql;

namespace Hutch.Cluster.Journal;

/// <summary>Queries outside the turns, at the start and for readers.</summary>
public sealed partial class PostgresLog
{
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

    /// <summary>Passes all missing rows to the members, without the records, most of which a checkpoint may have.</summary>
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
}
