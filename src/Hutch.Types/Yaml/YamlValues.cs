using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hutch.Types.Yaml;

/// <summary>What scalars and sections of YAML stand for, by the core schema of YAML 1.2.</summary>
public static class YamlValues
{
    /// <summary>A document as JSON: plain scalars become null, booleans and numbers where they look so, everything else text.</summary>
    public static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlScalarNode scalar => ToJson(scalar),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlMappingNode section => ToJson(section),
        _ => null,
    };

    /// <summary>A section as a JSON object, keys in their order.</summary>
    public static JsonObject ToJson(YamlMappingNode section)
    {
        var json = new JsonObject();
        foreach ((YamlNode key, YamlNode value) in section.Children)
        {
            // Keys that differ in YAML (1 and "1") may be one in JSON; the first stays.
            json.TryAdd(KeyOf(key), ToJson(value));
        }

        return json;
    }

    /// <summary>The text of a key; what is no scalar is shown as it would be written.</summary>
    public static string KeyOf(YamlNode key) => (key as YamlScalarNode)?.Value ?? key.ToString();

    /// <summary>Whether nothing is said: no value, <c>~</c> or <c>null</c>. Quotes around nothing are an empty text.</summary>
    public static bool IsNothing(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private static JsonNode? ToJson(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
        {
            return text;
        }

        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        // 0042 is a number by its looks, but somebody's sample by its zeros.
        string digits = text.TrimStart('+', '-');
        bool isPadded = digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]);
        bool looksLikeNumber = !isPadded && text.Any(char.IsAsciiDigit) && (char.IsAsciiDigit(text[^1]) || text[^1] == '.');
        return IsNothing(scalar) ? null
            : text is "true" or "True" or "TRUE" ? JsonValue.Create(true)
            : text is "false" or "False" or "FALSE" ? JsonValue.Create(false)
            : !looksLikeNumber ? text
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole
            : double.TryParse(text, Real, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
            : text;
    }
}
