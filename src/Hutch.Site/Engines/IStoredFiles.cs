using Hutch.Disk;

namespace Hutch.Site.Engines;

/// <summary>The files that an engine keeps in the data folder: for backups, and for who asks how much is stored.</summary>
public interface IStoredFiles
{
    int Count { get; }

    long Bytes { get; }

    DiskSpace Space { get; }

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
