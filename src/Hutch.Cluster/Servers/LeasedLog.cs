using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <remarks>
/// It writes with the head locked and the lease asserted, as appends do, but not in the committer's turn. This server reads its rows like
/// those of other servers.
/// </remarks>
internal sealed class LeasedLog(LogConnections connections, JobLease lease, Func<Guid> newId)
{
    /// <summary>The row up to which all servers have applied the log; a joining server has applied nothing yet.</summary>
    private const string LeastApplied = "(SELECT coalesce(min(applied_row), 0) FROM site_server)";

    /// <summary>A removed server holds nothing any more, even if its lease has not ended yet.</summary>
    private const string Held =
        """
        SELECT count(*) FROM site_lease AS held JOIN site_server AS own ON own.id = held.server AND own.epoch = held.server_epoch
        WHERE held.job = $1 AND held.epoch = $2
        """;

    public bool IsHeld => lease.IsHeld;

    public ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct) => QueryAsync(
        $"SELECT least({LeastApplied}, (SELECT min(number) - 1 FROM site_log WHERE {LogSchema.ToBePacked}))", ct);

    /// <summary>Changes rows with the head locked, and commits as an append does.</summary>
    /// <param name="make">Checks, and makes the statements; null to change nothing.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <returns>True if anything was changed, and the last row before that.</returns>
    /// <exception cref="StorageRefusedException">Nothing was changed: another server has the lease, or PostgreSQL refused it.</exception>
    /// <exception cref="StorageUnknownOutcomeException">The outcome is unknown.</exception>
    public async Task<(bool IsChanged, long Last)> ChangeAsync(
        Func<HeadTransaction, Task<IReadOnlyList<NpgsqlBatchCommand>?>> make, CancellationToken ct)
    {
        try
        {
            await using HeadTransaction head = await HeadTransaction.BeginAsync(connections, ct);
            await RequireOwnedAsync(head, ct);
            if (await make(head) is not { } statements)
            {
                return (false, head.Last.Number);
            }

            await head.CommitAsync(statements, ct);
            return (true, head.Last.Number);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    /// <summary>
    /// With the head locked, returns true if every server has applied the rows up to one; servers that join later begin after it.
    /// </summary>
    public static async Task<bool> AreAppliedAsync(HeadTransaction head, long row, CancellationToken ct)
    {
        await using NpgsqlCommand ask = head.Command($"SELECT {LeastApplied} >= $1", LogParameter.From(row));
        return await ask.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Returns true if the directory of a row after the given one contradicts a change.</summary>
    public static async Task<bool> IsAnyAgainstAsync(
        HeadTransaction head, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        await using NpgsqlCommand ask = head.Command("SELECT directory FROM site_log WHERE number > $1", LogParameter.From(after));
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (isAgainst(LogDirectory.Read(await reader.GetFieldValueAsync<byte[]>(0, ct))))
            {
                return true;
            }
        }

        return false;
    }

    public Task NoteGoneAsync(IReadOnlyList<string> names, CancellationToken ct) =>
        ChangeAsync(head => Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>?>([Append(head, CondemnedObject.OfGone(names))]), ct);

    /// <summary>Makes the statement that appends a row with only a directory.</summary>
    public NpgsqlBatchCommand Append(HeadTransaction head, LogDirectory directory) => new(
        """
        WITH head AS (UPDATE site_head SET last_row = $1, last_id = $2)
        INSERT INTO site_log (
            number, id, previous_id, lane, first_sequence, last_sequence, time_ms, has_checkpoint, journal, directory, body_bytes)
        VALUES ($1, $2, $3, $4, 0, 0, $5, false, '', $6, 0)
        """)
    {
        Parameters =
        {
            LogParameter.From(head.Last.Number + 1),
            LogParameter.From(newId()),
            LogParameter.From(head.Last.Id),
            LogParameter.From(Lane.Main.Name),
            LogParameter.From(head.TimeMs),
            LogParameter.From(directory.ToBytes()),
        },
    };

    public ValueTask<long> QueryAsync(string question, CancellationToken ct) => connections.QueryAsync(
        async connection =>
        {
            await using var ask = new NpgsqlCommand(question, connection);
            return (long)(await ask.ExecuteScalarAsync(ct))!;
        },
        ct);

    private async Task RequireOwnedAsync(HeadTransaction head, CancellationToken ct)
    {
        await using NpgsqlCommand ask = head.Command(Held, LogParameter.From(lease.Job), LogParameter.From(lease.Epoch));
        if (await ask.ExecuteScalarAsync(ct) is not 1L)
        {
            throw new StorageRefusedException($"The job '{lease.Job}' has another holder by now.");
        }
    }
}
