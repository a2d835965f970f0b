namespace Hutch.Catalog.Sqlite;

/// <summary>How a database is opened. Applied to every connection, so that none differs from the others.</summary>
public sealed record SqliteOptions
{
    /// <summary>When a commit waits for the disk.</summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>How long a connection waits for another one's lock, in milliseconds.</summary>
    public int BusyTimeoutMilliseconds { get; init; } = 10_000;

    /// <summary>Reading connections at most; a reader beyond them waits its turn.</summary>
    public int MaxReaders { get; init; } = 8;

    /// <summary>Page cache of the writing connection, in KiB.</summary>
    public int WriterCacheKibibytes { get; init; } = 16 * 1024;

    /// <summary>Page cache of each reading connection, in KiB.</summary>
    public int ReaderCacheKibibytes { get; init; } = 2 * 1024;

    /// <summary>Pages in the write-ahead log after which a commit copies them into the file.</summary>
    public int CheckpointPages { get; init; } = 1000;

    /// <summary>The write-ahead log is cut back to this size after a checkpoint, in bytes.</summary>
    public long LogLimitBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// A number that marks whose database this is (PRAGMA application_id). A file with another number is refused,
    /// so that one database is never opened as the other. 0 for no mark.
    /// </summary>
    public int ApplicationId { get; init; }

    /// <summary>Whether the whole file is looked through for damage when it is opened, before anything in it is changed.</summary>
    public bool IsChecked { get; init; }

    /// <summary>For records that exist nowhere else (zone.db): every commit waits for the disk.</summary>
    public static SqliteOptions Durable { get; } = new();

    /// <summary>For a view of durable records (site.db): no commit waits; the caller replays what a crash took.</summary>
    public static SqliteOptions View { get; } =
        new() { Synchronous = SqliteSynchronous.Off, CheckpointPages = 4000 };
}
