using Hutch.Cluster.Journal;
using Hutch.Messaging.InProcess;

namespace Hutch.Cluster.Servers;

/// <summary>
/// The read positions of queues, next to the log: the next server that reads a queue continues where the last one stopped.
/// </summary>
/// <remarks>
/// Thread-safe. While PostgreSQL is away, loading and beginning wait for it, and saved positions are lost: an older position only means
/// that messages are delivered again.
/// </remarks>
public sealed class LogCursors(LogConnections connections, TimeProvider time) : ICursorStore
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    public ValueTask<long?> LoadAsync(string queue, CancellationToken cancellationToken) =>
        UntilAnsweredAsync("SELECT position FROM site_cursor WHERE queue = $1", queue, null, cancellationToken);

    public async ValueTask<long> BeginAsync(string queue, long position, CancellationToken cancellationToken) => (await UntilAnsweredAsync(
        """
        INSERT INTO site_cursor (queue, position) VALUES ($1, $2)
        ON CONFLICT (queue) DO UPDATE SET position = site_cursor.position
        RETURNING position
        """,
        queue,
        position,
        cancellationToken))!.Value;

    /// <summary>
    /// Advances a position. It never goes back: a server may save its last position late, after another one has begun to read.
    /// </summary>
    public ValueTask SaveAsync(string queue, long position, CancellationToken cancellationToken) => TryAsync(
        """
        INSERT INTO site_cursor (queue, position) VALUES ($1, $2)
        ON CONFLICT (queue) DO UPDATE SET position = greatest(site_cursor.position, excluded.position)
        """,
        queue,
        position,
        cancellationToken);

    public ValueTask DeleteAsync(string queue, CancellationToken cancellationToken) =>
        TryAsync("DELETE FROM site_cursor WHERE queue = $1", queue, null, cancellationToken);

    /// <summary>Executes a statement; waits for PostgreSQL while that is away.</summary>
    private async ValueTask<long?> UntilAnsweredAsync(string statement, string queue, long? position, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await RunAsync(statement, queue, position, cancellationToken) as long?;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                await Task.Delay(TryAgainAfter, time, cancellationToken);
            }
        }
    }

    private async ValueTask TryAsync(string statement, string queue, long? position, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(statement, queue, position, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The next save, or the next reader, makes up for it.
        }
    }

    private async Task<object?> RunAsync(string statement, string queue, long? position, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await connections.RentAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        command.Parameters.Add(LogParameter.From(queue));
        if (position is long value)
        {
            command.Parameters.Add(LogParameter.From(value));
        }

        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
