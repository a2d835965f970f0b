using System.ComponentModel.DataAnnotations;

namespace Hutch.Storage.Caching;

/// <summary>Limits of the cache on the server's own disk.</summary>
public sealed class CacheOptions
{
    private const int MaxParts = 64;
    private const int MinPartBytes = 1 << 20;
    private const int MaxPartBytes = 256 << 20;

    /// <summary>Most bytes on the disk; 0 for no cache.</summary>
    [Range(0, 1L << 50)]
    public long CacheBytes { get; init; } = 10L << 30;

    /// <summary>Free space of the disk that the cache leaves to other uses.</summary>
    [Range(0, 1L << 50)]
    public long ReserveBytes { get; init; } = 1L << 30;

    /// <summary>Most members in it: each takes about 100 bytes of memory.</summary>
    [Range(100, 100_000_000)]
    public int MaxEntries { get; init; } = 1_000_000;

    /// <summary>The size of a cache file, the unit of eviction.</summary>
    internal int PartBytes => (int)Math.Clamp(CacheBytes / MaxParts, MinPartBytes, MaxPartBytes);
}
