using System.Text.Json.Serialization;

namespace Hutch.Catalog.Site;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Eviction))]
internal sealed partial class EvictionJson : JsonSerializerContext
{
    public static string Write(Eviction eviction) => JsonSerializer.Serialize(eviction, Default.Eviction);

    public static Eviction Read(string text) =>
        JsonSerializer.Deserialize(text, Default.Eviction) ?? throw new JsonException("An eviction is never null.");
}
