namespace Hutch.Catalog.Postgres;

/// <summary>The time limits at a PostgreSQL server, and the numbers of connections to it.</summary>
public sealed record PostgresOptions
{
    /// <summary>The schema of the tables; each part of Hutch in a database has its own.</summary>
    public required string Schema { get; init; }

    /// <summary>The time limit for a connection, in seconds.</summary>
    public int ConnectSeconds { get; init; } = 5;

    /// <summary>The time limit for a statement, in seconds.</summary>
    public int CommandSeconds { get; init; } = 15;

    /// <summary>The time limit for a lock that another server holds, in seconds.</summary>
    public int LockSeconds { get; init; } = 10;

    /// <summary>
    /// The time after which PostgreSQL disconnects a silent server in the middle of a change, in milliseconds: others wait for it.
    /// </summary>
    public int SilenceMilliseconds { get; init; } = 2000;

    /// <summary>The most connections that read at the same time; further readers wait.</summary>
    public int MaxReaders { get; init; } = 8;

    /// <summary>The most connections that write at the same time.</summary>
    public int MaxWriters { get; init; } = 4;

    /// <summary>The oldest supported version. Tests set one that does not exist yet.</summary>
    internal int OldestVersion { get; init; } = PostgresDatabase.OldestVersion;
}
