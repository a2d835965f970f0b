using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>A part of an upload that has come.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Part">What tells it from others of its number; the first part of its extents' names.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Time">When it came, milliseconds since 1970.</param>
/// <param name="Checksum">In the words of the door; null for none.</param>
/// <param name="Expires">When its bytes end by themselves, milliseconds since 1970; null when they last.</param>
/// <param name="Extents">In order, offsets from the beginning of the part.</param>
public sealed record SiteUploadPart(
    int Number, Guid Part, long Size, long Time, string? Checksum, long? Expires, IReadOnlyList<Extent> Extents);
