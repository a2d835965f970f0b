namespace Hutch.Catalog.Sqlite;

/// <summary>When SQLite waits for the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>Never: for a database that is only a view of something durable.</summary>
    Off = 0,

    /// <summary>At checkpoints: a power loss may take the last transactions, never consistency.</summary>
    Normal = 1,

    /// <summary>At every commit: an answered transaction survives a power loss.</summary>
    Full = 2,
}
