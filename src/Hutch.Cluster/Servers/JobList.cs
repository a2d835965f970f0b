using System.Text.Json;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

public sealed class JobList(LogConnections connections, PostgresLog log, ServerIdentity server) : IJobList
{
    /// <summary>Fails the jobs of servers that are gone and cannot report an outcome.</summary>
    private const string FailThoseOfTheGone =
        """
        UPDATE site_job AS job SET
            state = 'failed',
            finished = clock_timestamp(),
            message = 'The server ''' || server_name || ''', which ran this, is gone. What was done is kept. Start it again.'
        WHERE finished IS NULL AND NOT EXISTS (SELECT FROM site_server WHERE id = job.server AND epoch = job.server_epoch)
        """;

    private const string Read =
        """
        SELECT id, kind, started, finished, state, progress, message, report, server_name FROM site_job ORDER BY started DESC, id
        """;

    private const string Note =
        """
        INSERT INTO site_job (id, kind, started, finished, state, progress, message, report, server, server_epoch, server_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET
            finished = excluded.finished, state = excluded.state, progress = excluded.progress, message = excluded.message,
            report = excluded.report
        """;

    private const string ForgetOldest =
        """
        DELETE FROM site_job USING (
            SELECT id, row_number() OVER (ORDER BY started DESC) AS place,
                row_number() OVER (PARTITION BY kind ORDER BY started DESC) AS place_of_kind
            FROM site_job WHERE finished IS NOT NULL) AS ended
        WHERE site_job.id = ended.id AND place > $1 AND place_of_kind > 1
        """;

    public ValueTask<IReadOnlyList<MaintenanceJob>> ReadAsync(
        CancellationToken ct) => connections.QueryAsync<IReadOnlyList<MaintenanceJob>>(
        async connection =>
        {
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands = { new NpgsqlBatchCommand(FailThoseOfTheGone), new NpgsqlBatchCommand(Read) },
            };
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(ct);
            var jobs = new List<MaintenanceJob>();
            while (await reader.ReadAsync(ct))
            {
                jobs.Add(From(reader));
            }

            return jobs;
        },
        ct);

    public async ValueTask RecordAsync(MaintenanceJob job, CancellationToken ct)
    {
        await connections.QueryAsync(
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection)
                {
                    BatchCommands =
                    {
                        From(job),
                        new NpgsqlBatchCommand(ForgetOldest) { Parameters = { LogParameter.From((long)IJobList.MostEnded) } },
                    },
                };
                return await batch.ExecuteNonQueryAsync(ct);
            },
            ct);
    }

    private static MaintenanceJob From(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetString(1),
        reader.GetFieldValue<DateTimeOffset>(2),
        reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
        reader.GetString(4),
        reader.GetDouble(5),
        reader.IsDBNull(6) ? null : reader.GetString(6),
        reader.IsDBNull(7) ? null : JsonElement.Parse(reader.GetString(7)),
        reader.GetString(8));

    private NpgsqlBatchCommand From(MaintenanceJob job) => new(Note)
    {
        Parameters =
        {
            LogParameter.From(job.Id),
            LogParameter.From(job.Kind),
            LogParameter.From(job.Started),
            LogParameter.From(job.Finished),
            LogParameter.From(job.State),
            LogParameter.From(job.Progress),
            LogParameter.From(job.Message),
            LogParameter.From(job.Report?.GetRawText()),
            LogParameter.From(server.Id),
            LogParameter.From(log.Epoch ?? 0),
            LogParameter.From(server.Name),
        },
    };
}
