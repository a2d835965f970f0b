using System.ComponentModel.DataAnnotations;

namespace Hutch.Previews;

/// <summary>The options for reading the contents of files, in separate processes: see docs/formats/hdf5-reader.md.</summary>
public sealed class FileReaderOptions
{
    private const long LeastReaderMemoryBytes = 256L << 20;
    private const long MostReaderMemoryBytes = 2L << 30;

    /// <summary>The number of files that are read at the same time; further requests wait. 0: the server reads none.</summary>
    [Range(0, 256)]
    public int Readers { get; init; } = 4;

    /// <summary>Seconds for which a request waits for a reader.</summary>
    [Range(1, 600)]
    public int WaitSeconds { get; init; } = 15;

    /// <summary>The longest time of one request, seconds.</summary>
    [Range(1, 3600)]
    public int RequestSeconds { get; init; } = 60;

    /// <summary>Seconds for which an idle reader waits for the next request.</summary>
    [Range(1, 86_400)]
    public int IdleSeconds { get; init; } = 120;

    /// <summary>
    /// The memory of a reader, bytes, at least 256 MiB; 0 for its part of a quarter of the machine's, at most 2 GiB. What a file needs
    /// beyond it is refused.
    /// </summary>
    [Range(0, 1L << 40)]
    public long ReaderMemoryBytes { get; init; }

    /// <summary>
    /// The memory of the server for answers, bytes: those in progress, and those kept for later requests. An answer that takes more than a
    /// quarter of it is sent from its reader, within <c>requestSeconds</c>.
    /// </summary>
    [Range(1 << 20, 1L << 40)]
    public long CacheBytes { get; init; } = 256 << 20;

    /// <summary>The most bytes of an answer.</summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxAnswerBytes { get; init; } = 256 << 20;

    /// <summary>
    /// Bytes of the disk for thumbnails. They are a cache: they are in no backup, and lost ones are made again. 0: this server makes none.
    /// </summary>
    [Range(0, 1L << 40)]
    public long ThumbnailBytes { get; init; } = 256 << 20;

    /// <summary>The memory of a reader in use, bytes.</summary>
    public long UsedReaderMemoryBytes => Math.Max(
        LeastReaderMemoryBytes,
        ReaderMemoryBytes > 0
            ? ReaderMemoryBytes
            : Math.Min(MostReaderMemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / Math.Max(1, Readers)));
}
