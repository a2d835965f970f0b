using Hutch.Model.Placement;

namespace Hutch.Site.Engines;

/// <summary>The files or objects in which an engine keeps bytes: for backups, and for reports of the stored amount.</summary>
public interface IStoredFiles
{
    /// <summary>The objects that a backup copies; null where it copies files of the data folder.</summary>
    IStoredObjects? Objects => null;

    /// <summary>The disk from which the files are read; null for that of the data folder.</summary>
    IDisk? Disk => null;

    /// <summary>The number of files or objects with bytes, and their bytes.</summary>
    (int Count, long Bytes) Stored { get; }

    /// <summary>The number of files that a collection could merge into larger ones.</summary>
    int Small => 0;

    DiskSpace Space { get; }

    /// <summary>
    /// The number of further bytes that can be placed here. An object store does not report it: it is assumed to be large.
    /// </summary>
    long PlaceableBytes => SiteSpace.Unknown;

    /// <summary>
    /// Returns true if there is space for the given number of further bytes. An object store does not report it: only a write shows it.
    /// </summary>
    bool HasSpace(long bytes) => true;

    /// <summary>
    /// Returns the files as they are between two groups, oldest first: together they are one moment of the site. None where a backup copies
    /// objects.
    /// </summary>
    Task<IReadOnlyList<StoredFile>> CaptureAsync(CancellationToken ct);

    /// <summary>Reads a file again; returns the damage found, a line each.</summary>
    Task<IReadOnlyList<string>> VerifyAsync(StoredFile file, CancellationToken ct);
}

/// <summary>A file of the engine in the data folder, as it is between two groups.</summary>
/// <param name="Number">Its number: files made later have higher ones.</param>
/// <param name="Bytes">The valid bytes at its beginning.</param>
/// <param name="IsSealed">True if it is complete: nothing more is written to it.</param>
/// <param name="LastSequence">The number of the last record in it; 0 for none.</param>
public sealed record StoredFile(long Number, string Path, long Bytes, bool IsSealed, long LastSequence);
