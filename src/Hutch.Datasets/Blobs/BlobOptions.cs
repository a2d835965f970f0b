using System.ComponentModel.DataAnnotations;

namespace Hutch.Datasets.Blobs;

/// <summary>Sizes of stored things.</summary>
public sealed class BlobOptions
{
    /// <summary>The largest blob that is kept as one member; larger ones are kept as extents.</summary>
    public const int MaxSmallBytes = 1 << 20;

    /// <summary>Bytes of an extent. Reading any part of an extent reads and checks all of it.</summary>
    [Range(1 << 16, 8 << 20)]
    public int ExtentBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of pages that are kept in memory.</summary>
    [Range(1 << 20, 1 << 30)]
    public int PageCacheBytes { get; init; } = 24 << 20;

    /// <summary>Bytes of all request and reply payloads in memory at one time; more wait.</summary>
    [Range(16 << 20, int.MaxValue)]
    public int PayloadPoolBytes { get; init; } = 128 << 20;
}
