using System.Data;
using Hutch.Catalog.Postgres;
using Npgsql;

namespace Hutch.Catalog.Zone;

/// <summary>A transaction that has the lock of the zone's row. A commit with a lost answer is looked up.</summary>
internal sealed class PostgresZoneTransaction(PostgresZone zone, NpgsqlTransaction transaction) : IZoneTransaction
{
    /// <summary>The time for which a commit with a lost answer is looked up; then its outcome is unknown.</summary>
    private static readonly TimeSpan LookUpLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookUpStep = TimeSpan.FromMilliseconds(200);

    private readonly NpgsqlConnection _connection = transaction.Connection!;

    private bool _isCommitted;

    public DbConnection Connection => _connection;

    public async ValueTask CommitAsync(ZoneCommit kind, CancellationToken ct)
    {
        Mark? mark = kind == ZoneCommit.Maintenance ? null : await MarkAsync(kind, CancellationToken.None);
        try
        {
            await CommitWatchedAsync();
        }
        catch (Exception e) when (PostgresRefusal.IsLostConnection(e) || e is NpgsqlException { InnerException: TimeoutException })
        {
            if (mark is null)
            {
                throw new CommitLostException(isUnknown: true, e);
            }

            await RequireCommittedAsync(mark, e, ct);
        }

        if (mark is not null)
        {
            zone.Version.RaiseTo(mark.Version);
        }
    }

    /// <summary>Commits and watches for warnings: a commit with a warning may not survive a failover.</summary>
    private async Task CommitWatchedAsync()
    {
        using var warnings = new CommitWarnings(_connection);
        await transaction.CommitAsync(CancellationToken.None);
        _isCommitted = true;
        if (warnings.Last is { } warning)
        {
            throw new CommitLostException(isUnknown: true, new InvalidOperationException(warning));
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await using NpgsqlConnection connection = _connection;
            await transaction.DisposeAsync();
            if (!_isCommitted)
            {
                PreparedStatements.Remove(connection);
            }
        }
        finally
        {
            zone.RollbackTransaction();
        }
    }

    /// <summary>Raises the version, notifies the other servers as part of the commit, and returns the last line of the change.</summary>
    private async Task<Mark> MarkAsync(ZoneCommit kind, CancellationToken ct)
    {
        string raise = kind == ZoneCommit.Change
            ? "UPDATE zone_version SET version = version + 1 WHERE id = 1 RETURNING version"
            : "SELECT version FROM zone_version WHERE id = 1";
        string tell = kind == ZoneCommit.Change ? $"SELECT pg_notify('{ZoneWatch.Channel}', '');" : "";
        await using NpgsqlCommand finish = new(
            $"{tell}SELECT sequence, audit::text FROM audit ORDER BY sequence DESC LIMIT 1;{raise}", _connection);
        await using NpgsqlDataReader reader = await finish.ExecuteReaderAsync(CommandBehavior.Default, ct);
        if (tell.Length > 0)
        {
            await reader.NextResultAsync(ct);
        }

        await reader.ReadAsync(ct);
        (long sequence, string line) = (reader.GetInt64(0), reader.GetString(1));
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return new Mark(reader.GetInt64(0), sequence, line);
    }

    /// <summary>
    /// Looks a commit up under the lock of the row: an unfinished commit still has that lock. The number of a line alone proves nothing:
    /// after a crash, an uncommitted number is given again.
    /// </summary>
    private async Task RequireCommittedAsync(Mark mark, Exception lost, CancellationToken ct)
    {
        long begin = zone.Time.GetTimestamp();
        do
        {
            try
            {
                if (await IsThereAsync(mark, ct))
                {
                    return;
                }

                throw new CommitLostException(isUnknown: false, lost);
            }
            catch (Exception e) when (e is not CommitLostException && PostgresRefusal.From(e, PostgresZone.What) is not null)
            {
                await Task.Delay(LookUpStep, zone.Time, ct);
            }
        }
        while (zone.Time.GetElapsedTime(begin) < LookUpLimit);
        throw new CommitLostException(isUnknown: true, lost);
    }

    private async Task<bool> IsThereAsync(Mark mark, CancellationToken ct)
    {
        NpgsqlTransaction row = await zone.LockRowAsync(ct);
        await using NpgsqlConnection connection = row.Connection!;
        await using NpgsqlTransaction end = row;
        await using NpgsqlCommand look = new("SELECT EXISTS (SELECT 1 FROM audit WHERE sequence = $1 AND audit::text = $2)", connection);
        look.Parameters.Add(new NpgsqlParameter<long> { TypedValue = mark.Sequence });
        look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = mark.Line });
        return (bool)(await look.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The data with which a change is found again.</summary>
    private sealed record Mark(long Version, long Sequence, string Line);
}
