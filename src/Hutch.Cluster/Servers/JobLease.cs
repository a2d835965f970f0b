using Hutch.Cluster.Journal;
using Npgsql;

namespace Hutch.Cluster.Servers;

/// <summary>The lease of one job. Disposing it gives it back; one that is lost stays lost.</summary>
public sealed class JobLease(LogConnections connections, PostgresLog log, string job, long epoch, TimeSpan length) : IAsyncDisposable
{
    public string Job => job;

    /// <summary>Which holding of the job this is.</summary>
    public long Epoch => epoch;

    /// <summary>
    /// Whether it was held when the turn was taken that is being decided in. Asked by decisions, on the committer's loop.
    /// </summary>
    public bool IsHeld => log.Holds(job, epoch);

    /// <summary>Prolongs it; false when it has another holder.</summary>
    public async Task<bool> RenewAsync(CancellationToken ct) =>
        await RunAsync("UPDATE site_lease SET ends = clock_timestamp() + $3 WHERE job = $1 AND epoch = $2", ct, length);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await RunAsync("DELETE FROM site_lease WHERE job = $1 AND epoch = $2", CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // It ends by itself.
        }
    }

    private async Task<bool> RunAsync(string statement, CancellationToken ct, TimeSpan? ends = null)
    {
        await using NpgsqlConnection connection = await connections.RentAsync(ct);
        await using var command = new NpgsqlCommand(statement, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = job });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = epoch });
        if (ends is { } time)
        {
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = time });
        }

        return await command.ExecuteNonQueryAsync(ct) == 1;
    }
}
