namespace Hutch.Catalog.Zone;

/// <summary>
/// The storage of the zone's tables: the source of their connections and transactions, with all differences between engines.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal interface IZoneEngine : IAsyncDisposable
{
    /// <summary>The id of the zone; another one once this server, or another of its site, has joined one.</summary>
    string Id { get; set; }

    /// <summary>The version as far as this process knows it.</summary>
    RisingNumber Version { get; }

    string? Damage { get; }

    ValueTask SyncViewAsync(CancellationToken ct);

    IDisposable? BeginRequest();

    /// <summary>
    /// Returns a number of the present run of the records: of this process or, for shared records, of their database server. A copy of the
    /// records has another one, and an ended run never returns.
    /// </summary>
    ValueTask<string> LifeAsync(CancellationToken ct);

    /// <summary>Reads one state. When a connection is lost, the read may run twice.</summary>
    ValueTask<T> ReadAsync<T>(Func<DbConnection, T> read, CancellationToken ct);

    /// <summary>Begins a writing transaction, after all earlier ones of all servers.</summary>
    ValueTask<IZoneTransaction> BeginTransactionAsync(CancellationToken ct);

    /// <summary>Returns the error for callers for a failure of the database; null for anything else, which is a bug.</summary>
    HutchError? FindRefusal(Exception failure);

    /// <summary>
    /// Returns true if a transaction was lost and left no change, so that the work may be repeated in another one. Never true after a
    /// commit with an unknown outcome.
    /// </summary>
    bool IsLostUnchanged(Exception failure);

    ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct);
}

/// <summary>A writing transaction, for exclusive use. Disposing rolls back uncommitted changes.</summary>
internal interface IZoneTransaction : IAsyncDisposable
{
    DbConnection Connection { get; }

    /// <summary>Commits; durable on return. Once begun, it is completed.</summary>
    /// <param name="ct">Ends only the wait after an answer was lost.</param>
    ValueTask CommitAsync(ZoneCommit kind, CancellationToken ct);
}

internal enum ZoneCommit
{
    /// <summary>A change, with its lines in the audit. It invalidates caches.</summary>
    Change,

    /// <summary>A line in the audit about an action elsewhere.</summary>
    Note,

    /// <summary>A change that is neither cached nor audited, and that is repeated when it fails.</summary>
    Maintenance,
}
