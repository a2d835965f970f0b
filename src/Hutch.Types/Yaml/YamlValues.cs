namespace Hutch.Types.Yaml;

/// <summary>Interprets YAML values by the core schema of YAML 1.2.</summary>
public static class YamlValues
{
    /// <summary>
    /// Converts a value to JSON: plain scalars become null, Booleans and numbers where they look like these, and texts otherwise.
    /// </summary>
    public static JsonNode? ToJson(YamlValue value) => value switch
    {
        YamlScalar scalar => ToJson(scalar),
        YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
        YamlMap map => ToJson(map),
        _ => null,
    };

    public static JsonObject ToJson(YamlMap map)
    {
        return new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value))));
    }

    /// <summary>Returns true if there is no value: empty, <c>~</c> or <c>null</c>. Empty quotes are an empty text.</summary>
    public static bool IsNothing(YamlValue value) => value is YamlScalar { IsNull: true };

    private static JsonNode? ToJson(YamlScalar scalar)
    {
        string text = scalar.Text;
        if (!scalar.IsPlain)
        {
            return text;
        }

        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        // 0042 looks like a number, but its zeros mean that it names a sample.
        string digits = text.TrimStart('+', '-');
        bool isPadded = digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]);
        bool looksLikeNumber = !isPadded && text.Any(char.IsAsciiDigit) && (char.IsAsciiDigit(text[^1]) || text[^1] == '.');
        if (scalar.IsNull)
        {
            return null;
        }

        if (text is "true" or "True" or "TRUE")
        {
            return JsonValue.Create(true);
        }

        if (text is "false" or "False" or "FALSE")
        {
            return JsonValue.Create(false);
        }

        if (!looksLikeNumber)
        {
            return text;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return whole;
        }

        if (double.TryParse(text, Real, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
        {
            return number;
        }

        return text;
    }
}
