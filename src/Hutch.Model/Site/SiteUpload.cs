using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <param name="Checksum">The chosen checksum in the door's terms; null for none.</param>
/// <param name="Started">The start, in milliseconds since 1970.</param>
public sealed record SiteUpload(
    Guid Id, DatasetId Dataset, DatasetPath Path, Entry Attributes, string? Checksum, string Author, long Started)
{
    /// <summary>The bytes for which it counts before any part has come, with its attributes.</summary>
    public const long OwnBytes = 4096;
}

/// <param name="Number">The position, from 1.</param>
/// <param name="Part">Distinguishes it from others of its number; it begins the names of its extents.</param>
/// <param name="Time">The time of its arrival, in milliseconds since 1970.</param>
/// <param name="Checksum">The checksum in the door's terms; null for none.</param>
/// <param name="Expires">The time when its bytes expire, in milliseconds since 1970; null if they last.</param>
/// <param name="Extents">The extents in order, with offsets from the beginning of the part.</param>
public sealed record SiteUploadPart(
    int Number, Guid Part, long Size, long Time, string? Checksum, long? Expires, IReadOnlyList<Extent> Extents)
{
    /// <summary>The bytes for which it counts until the upload ends.</summary>
    public long CountedBytes => Counted(Size);

    /// <summary>Returns the bytes for which a part counts: an empty one has a row, too.</summary>
    public static long Counted(long size) => Math.Max(size, SiteUpload.OwnBytes);
}
