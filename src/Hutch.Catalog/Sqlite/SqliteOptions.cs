namespace Hutch.Catalog.Sqlite;

/// <summary>The settings of a database, the same for every connection.</summary>
public sealed record SqliteOptions
{
    /// <summary>The durability of commits.</summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>The time limit for another connection's lock, in milliseconds.</summary>
    public int BusyTimeoutMilliseconds { get; init; } = 10_000;

    /// <summary>The most reading connections; further readers wait.</summary>
    public int MaxReaders { get; init; } = 8;

    /// <summary>The page cache of the writing connection, in KiB.</summary>
    public int WriterCacheKibibytes { get; init; } = 16 * 1024;

    /// <summary>The page cache of each reading connection, in KiB.</summary>
    public int ReaderCacheKibibytes { get; init; } = 2 * 1024;

    /// <summary>The number of pages in the write-ahead log after which a commit copies them into the file.</summary>
    public int CheckpointPages { get; init; } = 1000;

    /// <summary>The size to which a checkpoint cuts the write-ahead log back, in bytes.</summary>
    public long LogLimitBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// The number that marks the kind of database (PRAGMA application_id). A file with another number is refused, so that databases are
    /// never confused. 0 for no mark.
    /// </summary>
    public int ApplicationId { get; init; }

    /// <summary>True to check the whole file for damage when it is opened, before any change.</summary>
    public bool IsChecked { get; init; }

    /// <summary>For records that exist nowhere else (zone.db): every commit waits for the disk.</summary>
    public static SqliteOptions Durable { get; } = new();

    /// <summary>For a view of durable records (site.db): no commit waits; the caller replays commits that a crash lost.</summary>
    public static SqliteOptions View { get; } =
        new() { Synchronous = SqliteSynchronous.Off, CheckpointPages = 4000 };
}
