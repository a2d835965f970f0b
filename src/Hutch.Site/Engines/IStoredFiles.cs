using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Site.Engines;

/// <summary>What an engine keeps bytes in: for backups, and for who asks how much is stored.</summary>
public interface IStoredFiles
{
    /// <summary>Why a backup of these files would not be one of the site; null when it is one.</summary>
    HutchError? BackupRefusal => null;

    /// <summary>How many files or objects have the bytes, and how many bytes these are.</summary>
    (int Count, long Bytes) Stored { get; }

    /// <summary>The disk of the data folder.</summary>
    DiskSpace Space { get; }

    /// <summary>How many more bytes may be placed here. An object store does not say: it is taken for a large one.</summary>
    long PlaceableBytes => 1L << 50;

    /// <summary>Whether there is room for so many more bytes. An object store does not say: writes find out.</summary>
    bool HasRoom(long bytes) => true;

    /// <summary>The files as they are between two groups, oldest first: together they are one moment of the site.</summary>
    Task<IReadOnlyList<StoredFile>> CaptureAsync(CancellationToken ct);

    /// <summary>Reads a file again; returns the damage found, a line each.</summary>
    Task<IReadOnlyList<string>> VerifyAsync(StoredFile file, CancellationToken ct);
}

/// <summary>A file of the engine in the data folder, as it is between two groups.</summary>
/// <param name="Number">Its number: files made later have higher ones.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">How much of it counts.</param>
/// <param name="IsSealed">Whether it is complete: nothing more is written to it.</param>
/// <param name="LastSequence">The number of the last record in it; 0 when there is none.</param>
public sealed record StoredFile(long Number, string Path, long Bytes, bool IsSealed, long LastSequence);
