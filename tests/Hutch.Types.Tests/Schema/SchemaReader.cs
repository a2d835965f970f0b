using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hutch.Types.Tests.Schema;

/// <summary>The keywords of JSON Schema that our schemas have, as simply as they can be read; any other keyword is an error.</summary>
internal static class SchemaReader
{
    public static bool Takes(JsonNode schema, JsonNode? value) => schema.AsObject().All(keyword => Holds(keyword.Key, keyword.Value!, value));

    private static bool Holds(string keyword, JsonNode expected, JsonNode? value) => keyword switch
    {
        "$schema" or "$id" or "title" or "description" => true,
        "type" => IsOfType(expected.GetValue<string>(), value),
        "enum" => expected.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
        "anyOf" => expected.AsArray().Any(schema => Takes(schema!, value)),
        "minimum" => value is not JsonValue number || !IsNumber(number) || number.GetValue<double>() >= expected.GetValue<double>(),
        "maximum" => value is not JsonValue number || !IsNumber(number) || number.GetValue<double>() <= expected.GetValue<double>(),
        "pattern" => value is not JsonValue text || !text.TryGetValue(out string? s) || Regex.IsMatch(s, expected.GetValue<string>()),
        "items" => value is not JsonArray list || list.All(item => Takes(expected, item)),
        "required" => value is not JsonObject section || expected.AsArray().All(name => section.ContainsKey(name!.GetValue<string>())),
        "properties" => value is not JsonObject section
            || expected.AsObject().All(property => !section.TryGetPropertyValue(property.Key, out JsonNode? inner) || Takes(property.Value!, inner)),
        _ => throw new InvalidOperationException($"The test does not know the keyword {keyword}."),
    };

    private static bool IsOfType(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value is JsonValue text && text.TryGetValue<string>(out _),
        "boolean" => value is JsonValue flag && flag.TryGetValue<bool>(out _),
        "integer" => value is JsonValue whole && IsNumber(whole) && whole.GetValue<double>() == Math.Floor(whole.GetValue<double>()),
        _ => value is JsonValue number && IsNumber(number),
    };

    private static bool IsNumber(JsonValue value) => value.TryGetValue<double>(out _);
}
