using System.Data;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <summary>The operations of the log in PostgreSQL for backups.</summary>
internal sealed class LogExport(LogConnections connections, PostgresLog log)
{
    public Guid Site => log.Site;

    /// <summary>Returns true if the log still has a row, and so has not gone back in time since.</summary>
    public Task<bool> HasAsync(LogMoment moment, CancellationToken ct) => log.HasAsync(new LogPosition(moment.Row, moment.Id), ct);

    /// <summary>Returns a number that no pack of this site has had.</summary>
    public ValueTask<long> NextPackAsync(CancellationToken ct) => connections.QueryAsync(
        async connection =>
        {
            await using var ask = new NpgsqlCommand("SELECT nextval('site_pack')", connection);
            return (long)(await ask.ExecuteScalarAsync(ct))!;
        },
        ct);

    /// <summary>Applies rows that this server has not applied.</summary>
    public Task CatchUpAsync(CancellationToken ct) => log.CatchUpAsync(ct);

    /// <summary>
    /// Passes the rows that are in no pack to a callback, in order. Returns the moment at which they were that. The rows that packs have
    /// come before these.
    /// </summary>
    public ValueTask<LogMoment> ReadTailAsync(Func<UnpackedRow, ValueTask> take, CancellationToken ct) => connections.QueryAsync(
        async connection =>
        {
            await using NpgsqlTransaction state = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            LogMoment moment = await ReadMomentAsync(connection, ct);
            await ReadTailAsync(connection, take, ct);
            await state.CommitAsync(ct);
            return moment;
        },
        ct);

    private static async Task<LogMoment> ReadMomentAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand("SELECT last_row, last_id, purged_row FROM site_head", connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new LogMoment(reader.GetInt64(0), reader.GetGuid(1), reader.GetInt64(2));
    }

    private static async Task ReadTailAsync(NpgsqlConnection connection, Func<UnpackedRow, ValueTask> take, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(UnpackedRows.Select + " ORDER BY number", connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            await take(UnpackedRows.Read(reader));
        }
    }
}
