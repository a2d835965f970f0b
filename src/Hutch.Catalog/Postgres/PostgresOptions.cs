namespace Hutch.Catalog.Postgres;

/// <summary>How long things may take at a PostgreSQL server, and how many connections Hutch opens there.</summary>
public sealed record PostgresOptions
{
    /// <summary>The schema in which the tables are; each user of a database has its own.</summary>
    public required string Schema { get; init; }

    /// <summary>Seconds until a connection must stand.</summary>
    public int ConnectSeconds { get; init; } = 5;

    /// <summary>Seconds that a statement may take.</summary>
    public int CommandSeconds { get; init; } = 15;

    /// <summary>Seconds that a statement may wait for what another server holds.</summary>
    public int LockSeconds { get; init; } = 10;

    /// <summary>Milliseconds after which a server that began to change something and went silent is put out: others wait for it.</summary>
    public int SilenceMilliseconds { get; init; } = 2000;

    /// <summary>Connections that read at the same time; whoever comes later waits.</summary>
    public int MaxReaders { get; init; } = 8;

    /// <summary>Connections that change something at the same time.</summary>
    public int MaxWriters { get; init; } = 4;

    /// <summary>The oldest version that will do. Tests ask for one that is not there yet.</summary>
    internal int OldestVersion { get; init; } = PostgresPlace.OldestVersion;
}
