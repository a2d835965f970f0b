using Hutch.Buckets.Nearline;
using Hutch.Storage.Caching;

namespace Hutch.Buckets;

/// <summary>The settings of a data folder over a bucket.</summary>
public sealed record FolderSettings
{
    /// <summary>The mirror that is the bucket.</summary>
    public const string BucketMirror = "bucket";

    /// <summary>The beginning of the names of all objects: empty, or ending in a slash.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The most bytes of stored segments on the local disk.</summary>
    public long CacheBytes { get; init; } = 10L << 30;

    /// <summary>Free space of the local disk below which stored segments are removed from it, whatever the cache may have.</summary>
    public long ReserveBytes { get; init; } = 1L << 30;

    /// <summary>The age at which an open segment is sealed and stored; zero for never.</summary>
    public TimeSpan SealAfter { get; init; }

    /// <summary>
    /// The time for which writes are acknowledged after the last answer of the bucket. A server that takes the bucket over waits as long.
    /// </summary>
    public TimeSpan Alone { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The second place of open segments: <see cref="BucketMirror"/>, a folder, or null for none.</summary>
    public string? Mirror { get; init; }

    /// <summary>True to begin a new life of a folder whose bucket another one uses.</summary>
    public bool TakesOver { get; init; }

    /// <summary>The nearline storage below the bucket; null for none.</summary>
    public NearlineSettings? Nearline { get; init; }

    /// <summary>The source of ids in names of objects.</summary>
    public Func<Guid> NewId { get; init; } = Guid.NewGuid;

    /// <summary>Returns a text that differs between a file and its copy.</summary>
    public Func<string, string> PlaceOf { get; init; } = static path =>
        FileFacts.FindCreated(path)?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>Returns the mirror of open segments; null for none.</summary>
    internal ISegmentMirror? CreateMirror(
        IDisk disk, IObjectStore objects, FolderObjects names, Func<SegmentList> header, Func<bool> mayWrite, TimeProvider time) =>
        Mirror switch
        {
            null => null,
            BucketMirror => new BucketMirror(objects, names, () => header().Epoch, mayWrite, Alone, time),
            _ => new FolderMirror(disk, Mirror, () => header().Site),
        };

    /// <summary>A quarter is for parts of segments, the rest for whole ones.</summary>
    internal CacheOptions Blocks => new() { CacheBytes = CacheBytes / 4, ReserveBytes = ReserveBytes };

    internal long WholeBytes => CacheBytes - (CacheBytes / 4);
}
