namespace Hutch.Site.Engines;

/// <summary>The objects of an engine without segments in the data folder: a backup copies them as sealed segments.</summary>
public interface IStoredObjects
{
    /// <summary>The id of the site, 32 hexadecimal digits: the same at each server.</summary>
    string Site { get; }

    /// <summary>
    /// Copies the objects that earlier backups lack, and the part of the log that is in no object. Together the segments are one moment of
    /// the site, which is not before the call. Each copied byte is read again.
    /// </summary>
    /// <param name="progress">Called with the part that is done, 0 to 1.</param>
    Task<Result<ObjectCopies>> CopyAsync(ObjectCopying wanted, Action<double> progress, CancellationToken ct);
}

/// <param name="Segments">The folder of the segments that backups share.</param>
/// <param name="OpenPrefix">The beginning of the path of a segment that belongs to this backup alone.</param>
/// <param name="Known">The names of the whole segments of all backups in the folder.</param>
/// <param name="Newest">The newest backup in the folder; null for none.</param>
public sealed record ObjectCopying(
    IDisk Disk, string Segments, string OpenPrefix, IReadOnlySet<string> Known, EarlierCopies? Newest);

/// <param name="Names">The names of its segments.</param>
/// <param name="IsWhole">True if it lacked nothing.</param>
public sealed record EarlierCopies(LogMoment Until, IReadOnlySet<string> Names, bool IsWhole);

/// <summary>A moment of a log that several servers share.</summary>
/// <param name="Row">The number of its last row.</param>
/// <param name="Id">The id of that row.</param>
/// <param name="Purged">The row up to which purged data had been erased.</param>
public sealed record LogMoment(long Row, Guid Id, long Purged);

/// <param name="LastSequence">The number of the last record in the segments.</param>
/// <param name="Lacks">Lost or damaged objects, a sentence each.</param>
public sealed record ObjectCopies(
    LogMoment Until, long LastSequence, IReadOnlyList<CopiedSegment> Segments, IReadOnlyList<string> Lacks);

/// <param name="Name">The name of the file among the segments of a data folder.</param>
/// <param name="IsOpen">True if it belongs to this backup alone, because its groups will be in other segments later.</param>
/// <param name="Damage">The damage found in it, a line each.</param>
public sealed record CopiedSegment(string Path, string Name, long Bytes, bool IsOpen, IReadOnlyList<string> Damage);
