namespace Hutch.Model.Json;

/// <summary>Writes an <see cref="Entry"/> without its path, in the format of <see cref="EntryJson"/>.</summary>
public sealed class EntryJsonConverter : JsonConverter<Entry>
{
    public override Entry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EntryJson.TryRead(ref reader, out Entry? entry, out HutchError? error) ? entry : throw new JsonException(error.Message);

    public override void Write(Utf8JsonWriter writer, Entry value, JsonSerializerOptions options) => EntryJson.Write(writer, value);
}
