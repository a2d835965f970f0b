using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <summary>The data folders of all servers, also stopped ones, which may have purged data until their server confirms otherwise.</summary>
public sealed class ServerFolders(LogConnections connections)
{
    /// <summary>An unknown folder that is not new counts as one with purged data.</summary>
    private const string Enter =
        """
        INSERT INTO site_folder AS known (server, name, writer, clean_row)
        SELECT $1, $2, $3, CASE WHEN $4 THEN purged_row ELSE -1 END FROM site_head
        ON CONFLICT (server) DO UPDATE SET name = excluded.name, writer = excluded.writer
        RETURNING clean_row >= (SELECT purged_row FROM site_head)
        """;

    private const string Unclean =
        """
        SELECT name, server, EXISTS (SELECT FROM site_server WHERE id = server) FROM site_folder
        WHERE clean_row < (SELECT purged_row FROM site_head) ORDER BY name, server
        """;

    /// <summary>Registers this server's folder, before it serves anything.</summary>
    /// <param name="writer">The id under which it writes objects from now on.</param>
    /// <param name="isNew">True if its data folder never belonged to this site.</param>
    /// <returns>True if the folder has no purged data; if false, it must be made anew.</returns>
    public Task<bool> EnterAsync(ServerIdentity server, Guid writer, bool isNew, CancellationToken ct) => QueryAsync(
        Enter, static reader => reader.GetBoolean(0), ct, LogParameter.From(server.Id), LogParameter.From(server.Name),
        LogParameter.From(writer),
        LogParameter.From(isNew));

    /// <summary>
    /// Reads the last row of the log, the row up to which folders must be clean, and the row up to which this server's is.
    /// </summary>
    public Task<(long Last, long Purged, long Clean)> ReadStateAsync(ServerIdentity server, CancellationToken ct) => QueryAsync(
        "SELECT last_row, purged_row, coalesce((SELECT clean_row FROM site_folder WHERE server = $1), -1) FROM site_head",
        static reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)),
        ct,
        LogParameter.From(server.Id));

    /// <summary>Confirms that this server's folder is clean up to a row.</summary>
    public Task ConfirmAsync(ServerIdentity server, long row, CancellationToken ct) => QueryAsync(
        "UPDATE site_folder SET clean_row = greatest(clean_row, $2) WHERE server = $1 RETURNING server",
        static reader => reader.GetGuid(0),
        ct,
        LogParameter.From(server.Id), LogParameter.From(row));

    /// <summary>Forgets a stopped server. If it comes back, it makes its folder anew.</summary>
    public async Task<bool> RemoveAsync(Guid server, CancellationToken ct) => (await ListAsync(
        "DELETE FROM site_folder WHERE server = $1 AND NOT EXISTS (SELECT FROM site_server WHERE id = $1) RETURNING server",
        static reader => reader.GetGuid(0),
        ct,
        LogParameter.From(server))).Count > 0;

    /// <summary>Lists the servers whose folders may have purged data.</summary>
    public Task<IReadOnlyList<UncleanFolder>> ListUncleanAsync(CancellationToken ct) => ListAsync(
        Unclean, static reader => new UncleanFolder(reader.GetString(0), reader.GetGuid(1), reader.GetBoolean(2)), ct);

    private async Task<T> QueryAsync<T>(
        string statement, Func<NpgsqlDataReader, T> read, CancellationToken ct, params NpgsqlParameter[] values)
    {
        IReadOnlyList<T> found = await ListAsync(statement, read, ct, values);
        return found.Count > 0
            ? found[0]
            : throw new LogUnusableException("This server's data folder is no longer known to the others: restart it");
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        string statement, Func<NpgsqlDataReader, T> read, CancellationToken ct, params NpgsqlParameter[] values) =>
        await connections.QueryAsync(
            async connection =>
            {
                await using var ask = new NpgsqlCommand(statement, connection);
                ask.Parameters.AddRange(values);
                await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
                var found = new List<T>();
                while (await reader.ReadAsync(ct))
                {
                    found.Add(read(reader));
                }

                return found;
            },
            ct);
}

/// <summary>A server whose data folder may have purged data.</summary>
public sealed record UncleanFolder(string Name, Guid Server, bool IsRunning);
