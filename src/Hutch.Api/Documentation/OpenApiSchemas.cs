using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Hutch.Api.Documentation;

/// <summary>The schemas of the records that travel, each once.</summary>
internal sealed class OpenApiSchemas(Descriptions descriptions)
{
    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);

    public JsonNode Reference(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return Export(type);
        }

        string name = NameOf(type.Type);
        if (!_schemas.ContainsKey(name))
        {
            _schemas[name] = new JsonObject();
            _schemas[name] = Export(type);
        }

        return new JsonObject { ["$ref"] = "#/components/schemas/" + name };
    }

    public JsonObject ToJson() => new(_schemas.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    private JsonNode Export(JsonTypeInfo type) => JsonSchemaExporter.GetJsonSchemaAsNode(
        type,
        new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        JsonNode result = type switch
        {
            _ when type == typeof(BlobHash) => Text("^[0-9a-f]{64}$", "SHA-256 in hex"),
            _ when type == typeof(DatasetId) => new JsonObject { ["type"] = "string", ["format"] = "uuid" },
            _ when context.Path.Length > 0 && context.TypeInfo.Kind == JsonTypeInfoKind.Object => Reference(context.TypeInfo),
            _ => schema,
        };
        if (result is JsonObject described)
        {
            bool takesMore = context.TypeInfo.Kind == JsonTypeInfoKind.Dictionary && !described.ContainsKey("additionalProperties")
                || context.Path.Length == 0 && context.TypeInfo.Properties.Any(property => property.IsExtensionData);
            if (takesMore)
            {
                described["additionalProperties"] = true;
            }

            Describe(described, context, type);
        }

        return result;
    }

    private void Describe(JsonObject schema, JsonSchemaExporterContext context, Type type)
    {
        string? text = context.PropertyInfo is { } property
            ? descriptions.Find(
                property.DeclaringType, (property.AttributeProvider as System.Reflection.MemberInfo)?.Name ?? Pascal(property.Name))
            : context.Path.Length == 0 ? descriptions.Find(type) : null;
        if (text is not null)
        {
            schema["description"] = text;
        }

        // An absent field is left out, never null.
        if (schema["type"] is JsonArray types && types.Count == 2 && types[1]?.GetValue<string>() == "null")
        {
            schema["type"] = types[0]!.GetValue<string>();
        }
    }

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static JsonObject Text(string pattern, string text) =>
        new() { ["type"] = "string", ["pattern"] = pattern, ["description"] = text };

    private static string NameOf(Type type) => type.IsGenericType
        ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + "Of" + NameOf(type.GetGenericArguments()[0])
        : type.Name;
}
