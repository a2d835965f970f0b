namespace Hutch.Formats.Zarr;

/// <summary>Zarr's description of an array: <c>.zarray</c> of https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html.</summary>
internal sealed record ZarrLayout
{
    private const int Format = 2;

    /// <summary>The lengths, slowest first.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>The lengths of a chunk. Those at the end of an axis have them too.</summary>
    public required IReadOnlyList<long> Chunks { get; init; }

    /// <summary>numpy's name of the type, such as <c>&lt;u2</c>.</summary>
    public required string DataType { get; init; }

    /// <summary>True if the first axis is the fastest one in a chunk.</summary>
    public bool IsColumnMajor { get; init; }

    public JsonObject? Compressor { get; init; }

    /// <summary>The filters that ran before the compression.</summary>
    public IReadOnlyList<JsonObject> Filters { get; init; } = [];

    /// <summary>The value of chunks that are not there; null where all are.</summary>
    public JsonNode? FillValue { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("zarr_format", Format);
        WriteLengths(json, "shape", Shape);
        WriteLengths(json, "chunks", Chunks);
        json.WriteString("dtype", DataType);
        json.WriteString("order", IsColumnMajor ? "F" : "C");
        WriteNode(json, "compressor", Compressor);
        WriteNode(json, "filters", Filters.Count == 0 ? null : new JsonArray([.. Filters]));
        WriteNode(json, "fill_value", FillValue);
        json.WriteString("dimension_separator", ".");
        json.WriteEndObject();
    }

    public static void WriteGroup(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("zarr_format", Format);
        json.WriteEndObject();
    }

    private static void WriteLengths(Utf8JsonWriter json, string name, IReadOnlyList<long> lengths)
    {
        json.WriteStartArray(name);
        foreach (long length in lengths)
        {
            json.WriteNumberValue(length);
        }

        json.WriteEndArray();
    }

    private static void WriteNode(Utf8JsonWriter json, string name, JsonNode? node)
    {
        json.WritePropertyName(name);
        if (node is null)
        {
            json.WriteNullValue();
        }
        else
        {
            node.WriteTo(json);
        }
    }
}
