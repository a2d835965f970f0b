using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

/// <summary>A part of a large blob: one member of a segment.</summary>
/// <param name="Offset">Where it begins in the blob, bytes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Crc">CRC32C of its bytes.</param>
/// <param name="Upload">
/// The upload in the member's name; null when it is the blob's own. A blob of several parts names the extents of each.
/// </param>
/// <param name="Start">The offset in the member's name; null when it is that in the blob.</param>
public sealed record Extent(
    [property: JsonPropertyName("o")] long Offset,
    [property: JsonPropertyName("n")] int Length,
    [property: JsonPropertyName("c")] uint Crc,
    [property: JsonPropertyName("u")] Guid? Upload = null,
    [property: JsonPropertyName("a")] long? Start = null);
