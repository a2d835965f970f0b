using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>A multipart upload.</summary>
/// <param name="Dataset">Where it shall be put.</param>
/// <param name="Path">At which path.</param>
/// <param name="Attributes">What it shall be beside its bytes.</param>
/// <param name="Checksum">The checksum that was chosen, in the words of the door; null for none.</param>
/// <param name="Author">Who uploads.</param>
/// <param name="Started">When it began, milliseconds since 1970.</param>
public sealed record SiteUpload(
    Guid Id, DatasetId Dataset, DatasetPath Path, Entry Attributes, string? Checksum, string Author, long Started);

/// <summary>A part that was received.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Part">What tells it from others of its number; the first part of its extents' names.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Time">When it came, milliseconds since 1970.</param>
/// <param name="Checksum">In the words of the door; null for none.</param>
/// <param name="Expires">When its bytes end by themselves, milliseconds since 1970; null when they last.</param>
/// <param name="Extents">In order, offsets from the beginning of the part.</param>
public sealed record SiteUploadPart(
    int Number, Guid Part, long Size, long Time, string? Checksum, long? Expires, IReadOnlyList<Extent> Extents);
