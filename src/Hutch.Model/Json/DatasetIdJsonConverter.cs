namespace Hutch.Model.Json;

/// <summary>Writes the id of a dataset as a UUID with dashes.</summary>
public sealed class DatasetIdJsonConverter : JsonConverter<DatasetId>
{
    public override DatasetId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && DatasetId.TryParse(reader.GetString(), out DatasetId id)
            ? id
            : throw new JsonException("Expected a dataset id: a UUID with hyphens.");

    public override void Write(Utf8JsonWriter writer, DatasetId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
