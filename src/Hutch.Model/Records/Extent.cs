namespace Hutch.Model.Records;

/// <summary>A part of a large blob: one member of a segment.</summary>
/// <param name="Offset">The offset in the blob, in bytes.</param>
/// <param name="Crc">The CRC32C of its bytes.</param>
/// <param name="Upload">
/// The upload in the member's name; null if the name has the blob's own. A blob of several parts names the extents of each.
/// </param>
/// <param name="Start">The offset in the member's name; null if it equals the offset in the blob.</param>
public sealed record Extent(
    [property: JsonPropertyName("o")] long Offset,
    [property: JsonPropertyName("n")] int Length,
    [property: JsonPropertyName("c")] uint Crc,
    [property: JsonPropertyName("u")] Guid? Upload = null,
    [property: JsonPropertyName("a")] long? Start = null);
