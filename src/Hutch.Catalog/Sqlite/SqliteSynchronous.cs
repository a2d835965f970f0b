namespace Hutch.Catalog.Sqlite;

/// <summary>The times at which SQLite waits for the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>Never: for a database that is only a view of durable data.</summary>
    Off = 0,

    /// <summary>At checkpoints: a power loss may lose the last transactions, but never consistency.</summary>
    Normal = 1,

    /// <summary>At every commit: an acknowledged transaction survives a power loss.</summary>
    Full = 2,
}
