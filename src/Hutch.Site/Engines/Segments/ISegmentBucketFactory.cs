namespace Hutch.Site.Engines.Segments;

/// <summary>Opens the bucket that keeps the sealed segments of a data folder.</summary>
public interface ISegmentBucketFactory
{
    /// <summary>Opens the bucket for a data folder that this process has locked, and begins a life of the folder there.</summary>
    /// <exception cref="HutchException">The bucket belongs to another site or another life of the folder, or cannot be used.</exception>
    Task<ISegmentBucket> OpenAsync(IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct);

    /// <summary>
    /// Makes the segments and the accounts of an empty data folder anew from the bucket, and begins a new life of the folder there. The
    /// earlier owner of the bucket cannot write from then on.
    /// </summary>
    Task<Result<RebuiltFolder>> RebuildAsync(IDisk disk, string dataFolder, TimeProvider time, CancellationToken ct);

    /// <summary>
    /// Marks that the site of a data folder has moved to another place: no folder begins a life in the bucket or is rebuilt from it from
    /// then on. Durable on return; repeating it does nothing.
    /// </summary>
    /// <exception cref="HutchException">The bucket cannot be written now, or is not the one of the folder.</exception>
    Task FenceAsync(IDisk disk, string dataFolder, string movedTo, CancellationToken ct);
}

/// <param name="DataFormat">The format of the data folder whose segments they are.</param>
/// <param name="Incarnation">The incarnation of that folder; null if it is unknown.</param>
/// <param name="Accounts">The copy of the accounts, by its name; null if the bucket has none.</param>
/// <param name="Missing">The objects that the bucket should have and has not.</param>
public sealed record RebuiltFolder(
    int DataFormat, string? Incarnation, int Segments, long Bytes, string? Accounts, IReadOnlyList<string> Missing);
