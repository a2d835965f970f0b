using Hutch.Cluster.Journal;
using Hutch.Messaging.InProcess;
using Npgsql;

namespace Hutch.Cluster.Servers;

/// <summary>How far queues have been read, beside the log: whichever server reads one next goes on where another one stopped.</summary>
/// <remarks>
/// Thread-safe. While PostgreSQL is away, who asks waits for it, and what is saved is lost: an older position only means that messages are
/// handed out again.
/// </remarks>
public sealed class LogCursors(LogConnections connections, TimeProvider time) : ICursorStore
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask<long?> LoadAsync(string queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await RunAsync("SELECT position FROM site_cursor WHERE queue = $1", queue, null, cancellationToken) as long?;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                await Task.Delay(TryAgainAfter, time, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Moves a position on. It never goes back: a server that was slow to notice that another one reads now may save its own last.
    /// </summary>
    public ValueTask SaveAsync(string queue, long position, CancellationToken cancellationToken) => TryAsync(
        """
        INSERT INTO site_cursor (queue, position) VALUES ($1, $2)
        ON CONFLICT (queue) DO UPDATE SET position = greatest(site_cursor.position, excluded.position)
        """,
        queue,
        position,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string queue, CancellationToken cancellationToken) =>
        TryAsync("DELETE FROM site_cursor WHERE queue = $1", queue, null, cancellationToken);

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
        command.Parameters.Add(LogParameter.Of(queue));
        if (position is long value)
        {
            command.Parameters.Add(LogParameter.Of(value));
        }

        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
