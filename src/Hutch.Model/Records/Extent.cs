using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

/// <summary>A part of a large blob: one member of a segment.</summary>
/// <param name="Offset">Where it begins in the blob, bytes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Crc">CRC32C of its bytes.</param>
public sealed record Extent(
    [property: JsonPropertyName("o")] long Offset,
    [property: JsonPropertyName("n")] int Length,
    [property: JsonPropertyName("c")] uint Crc);
