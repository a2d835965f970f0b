using Hutch.Site.Life.Maintenance;

namespace Hutch.Site.Engines.Segments;

/// <summary>
/// A bucket that keeps the sealed segments of a data folder. The open segments are on the local disk alone, with a cache of the sealed
/// ones.
/// </summary>
public interface ISegmentBucket : IAsyncDisposable
{
    /// <summary>The disk that shows all segments as files, wherever their bytes are.</summary>
    IDisk Disk { get; }

    /// <summary>The number above which new segments are numbered.</summary>
    long LastNumber { get; }

    /// <summary>The stored objects and their bytes.</summary>
    (int Count, long Bytes) Stored { get; }

    /// <summary>The segments in nearline storage; null where that is not configured.</summary>
    IOfflineSegments? Offline { get; }

    IReadOnlyList<SiteWarning> Warnings { get; }

    /// <summary>True once another server has taken the bucket over.</summary>
    bool IsTakenOver { get; }

    /// <summary>Stores sealed segments, frees local space and deletes objects until it is cancelled.</summary>
    Task RunAsync(ISealedSegments segments, CancellationToken ct);

    /// <summary>Moves segments to nearline storage, and recalls the wanted ones, until it is cancelled.</summary>
    Task RunNearlineAsync(ISealedSegments segments, CancellationToken ct);

    /// <summary>Asks every few seconds whether the bucket is still this server's, until it is cancelled.</summary>
    Task WatchAsync(CancellationToken ct);

    /// <summary>Returns the reason why nothing may be written now; null if this server owns the bucket.</summary>
    ValueTask<WriteRefusal?> FindRefusalAsync(CancellationToken ct);

    /// <summary>Returns the reason why a write that is durable by now must not be acknowledged; null if it may be.</summary>
    ValueTask<WriteRefusal?> ConfirmAsync(CancellationToken ct);

    /// <summary>
    /// Seals the open segments and stores every segment. On return the bucket alone has all that was acknowledged before the call, and
    /// nothing that was retired before it.
    /// </summary>
    Task<Result<Done>> SecureAsync(ISealedSegments segments, CancellationToken ct);

    /// <summary>Stores the newest copy of the accounts. On return the bucket alone has it, and a rebuild finds it.</summary>
    Task<Result<Done>> StoreAccountsAsync(CancellationToken ct);

    /// <summary>Returns the state of the bucket; takes a few seconds at most.</summary>
    Task<StoreReport> ReportAsync(CancellationToken ct);
}
