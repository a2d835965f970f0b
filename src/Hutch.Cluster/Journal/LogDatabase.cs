namespace Hutch.Cluster.Journal;

/// <summary>Checks if a database can be the log of this server, and makes the tables in an empty one.</summary>
internal static class LogDatabase
{
    // Not to_regclass: that may answer from what the session knew before it waited for the lock.
    private const string IsEmpty =
        "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relname = 'site_head' AND relnamespace = current_schema()::regnamespace)";

    /// <summary>Finds the site whose log is in the database; null for an empty one. Changes nothing.</summary>
    /// <param name="site">The required site; null for any.</param>
    /// <exception cref="LogUnusableException">It cannot be used.</exception>
    public static async Task<Guid?> FindAsync(LogConnections connections, Guid? site, CancellationToken ct)
    {
        try
        {
            await using NpgsqlConnection connection = await connections.OpenAsync(ct);
            await RequireUsableAsync(connection, connections, ct);
            return await QueryAsync(connection, IsEmpty, ct) is true ? null : await CheckAsync(connection, connections, site, ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    /// <param name="site">The required site; null for any.</param>
    /// <exception cref="LogUnusableException">It cannot be used; nothing was changed.</exception>
    public static async Task<Guid> PrepareAsync(LogConnections connections, Guid? site, Guid newId, CancellationToken ct)
    {
        try
        {
            try
            {
                return await PrepareOnceAsync(connections, site, newId, ct);
            }
            catch (Exception e) when (PostgresRefusal.IsLostConnection(e))
            {
                // As with a turn: PostgreSQL disconnects a server that stalls for too long. If its commit succeeded anyway, the retry finds
                // it.
                return await PrepareOnceAsync(connections, site, newId, ct);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw LogFailure.InWords(e, connections.Place);
        }
    }

    /// <summary>Returns the message for a log of another version of the program.</summary>
    public static string OtherFormat(string where, int format) => format < 0
        ? $"The site at {where} has moved away: start its servers at its new place"
        : $"The log at {where} has format {format}, this program knows {LogSchema.Format}: "
        + (format > LogSchema.Format ? "run the newer version on all servers" : "stop all servers, then upgrade it");

    public static string OtherSite(string where, Guid found, Guid expected) =>
        $"The database at {where} is the log of site {found}, and this data folder belongs to site {expected}: "
        + "give the right database, or an empty data folder";

    /// <summary>Makes the exception for tables without the one row that names their site.</summary>
    public static LogUnusableException NoHead(string where) =>
        new($"The database at {where} has tables of a log, but site_head is empty: restore it from its backup");

    private static async Task<Guid> PrepareOnceAsync(LogConnections connections, Guid? site, Guid newId, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await connections.OpenAsync(ct);
        await RequireUsableAsync(connection, connections, ct);
        if (await QueryAsync(connection, IsEmpty, ct) is true)
        {
            await MakeAsync(connection, site ?? newId, ct);
        }

        return await CheckAsync(connection, connections, site, ct);
    }

    private static async Task RequireUsableAsync(NpgsqlConnection connection, LogConnections connections, CancellationToken ct)
    {
        PostgresDatabase database = connections.Place;
        if (await QueryAsync(connection, "SELECT pg_is_in_recovery()", ct) is true)
        {
            throw LogFailure.Standby(database);
        }

        if (connection.PostgreSqlVersion.Major < PostgresDatabase.OldestVersion)
        {
            throw new LogUnusableException(
                $"{database.Address} is PostgreSQL {connection.PostgreSqlVersion}; at least {PostgresDatabase.OldestVersion} is needed");
        }

        // Before anything is made there: an empty database may be about to be filled.
        if (await MoveMark.FindAsync(connection, ct) is { } mark
            && mark.FindRefusal(connections.Where, connections.Options.IsFilling) is { } refusal)
        {
            throw new LogUnusableException(refusal);
        }
    }

    private static async Task MakeAsync(NpgsqlConnection connection, Guid site, CancellationToken ct)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
        await RunAsync(connection, LogSchema.Lock, ct);

        // Another server may have made them while this one waited for the lock.
        if (await QueryAsync(connection, IsEmpty, ct) is true)
        {
            foreach (string statement in LogSchema.Tables)
            {
                await RunAsync(connection, statement, ct);
            }

            await RunAsync(connection, LogSchema.FirstHead, ct, site, LogSchema.Format);
        }

        await transaction.CommitAsync(ct);
    }

    private static async Task<Guid> CheckAsync(NpgsqlConnection connection, LogConnections connections, Guid? site, CancellationToken ct)
    {
        string where = connections.Where;
        await using NpgsqlCommand ask = connection.CreateCommand();
        ask.CommandText = "SELECT site, format FROM site_head";
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            throw NoHead(where);
        }

        (Guid found, int format) = (reader.GetGuid(0), reader.GetInt32(1));
        if (format != LogSchema.Format)
        {
            throw new LogUnusableException(OtherFormat(where, format));
        }

        return site is not { } expected || found == expected ? found : throw new LogUnusableException(OtherSite(where, found, expected));
    }

    private static async Task<object?> QueryAsync(NpgsqlConnection connection, string statement, CancellationToken ct)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = statement;
        return await command.ExecuteScalarAsync(ct);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string statement, CancellationToken ct, params object[] values)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = statement;
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(ct);
    }
}
