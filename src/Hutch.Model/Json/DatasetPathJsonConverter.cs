namespace Hutch.Model.Json;

/// <summary>Writes a <see cref="DatasetPath"/> as a string. Reading applies every rule for paths.</summary>
public sealed class DatasetPathJsonConverter : JsonConverter<DatasetPath>
{
    public override DatasetPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Result<DatasetPath> path = DatasetPath.Parse(reader.GetString() ?? "");
        return path.IsOk ? path.Value : throw new JsonException(path.Error.Message);
    }

    public override void Write(Utf8JsonWriter writer, DatasetPath value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
