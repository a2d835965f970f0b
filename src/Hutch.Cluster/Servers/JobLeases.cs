using Hutch.Cluster.Journal;
using Npgsql;

namespace Hutch.Cluster.Servers;

/// <summary>
/// Leases for jobs that only one server of a site may do at a time: the collector, the packer, the checkpoint. A lease is taken with the
/// head of the log locked, and under the same lock each append learns which leases its server holds: so whoever asks
/// <see cref="JobLease.IsHeld"/> where a commit is decided cannot commit for a lease that has another holder.
/// </summary>
public sealed class JobLeases(LogConnections connections, PostgresLog log, ServerIdentity server)
{
    /// <summary>Takes the lease of a job; null while another server, or another part of this one, has it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="length">How long it lasts unless it is renewed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<JobLease?> TryTakeAsync(string job, TimeSpan length, CancellationToken ct)
    {
        long own = log.Epoch ?? throw new InvalidOperationException("This server has not joined the others.");
        await using NpgsqlConnection connection = await connections.RentAsync(ct);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
        await using var take = new NpgsqlCommand("SELECT 1 FROM site_head FOR UPDATE", connection);
        await take.ExecuteScalarAsync(ct);
        take.CommandText =
            """
            INSERT INTO site_lease AS held (job, server, server_epoch, epoch, ends)
            VALUES ($1, $2, $3, nextval('site_epoch'), clock_timestamp() + $4)
            ON CONFLICT (job) DO UPDATE SET
                server = excluded.server, server_epoch = excluded.server_epoch, epoch = excluded.epoch, ends = excluded.ends
            WHERE held.ends < clock_timestamp()
                OR NOT EXISTS (SELECT FROM site_server WHERE id = held.server AND epoch = held.server_epoch)
            RETURNING epoch
            """;
        take.Parameters.Add(new NpgsqlParameter<string> { TypedValue = job });
        take.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = server.Id });
        take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = own });
        take.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = length });
        object? epoch = await take.ExecuteScalarAsync(ct);
        await transaction.CommitAsync(ct);
        return epoch is long taken ? new JobLease(connections, log, job, taken, length) : null;
    }
}
