namespace Hutch.Messaging.Recipes;

/// <summary>
/// The parameters of the service <c>per_image_analysis</c>, as Diamond's recipes give them, in the words of the analysis step <c>spots</c>.
/// Parameters that it does not know are ignored, as such services do: recipes give all their services the same ones.
/// </summary>
public static class ImageParameters
{
    public const string Queue = "per_image_analysis";

    public const string Step = "spots";

    /// <summary>The parameter that names the one image to look at, as <c>N,N</c>.</summary>
    public const string Range = "scan_range";

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["d_min"] = "dMin",
        ["d_max"] = "dMax",
        ["threshold_algorithm"] = "algorithm",
        ["filter_ice"] = "iceFilter",
        ["ice_rings_width"] = "iceRingWidth",
    };

    /// <summary>The parameters of the step. Its preset <c>pia</c> has the service's defaults.</summary>
    /// <param name="given">Objects with parameters, the weakest first; undefined for none.</param>
    public static Result<IReadOnlyDictionary<string, JsonElement>> ToStep(params ReadOnlySpan<JsonElement> given)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["preset"] = Text("pia") };
        foreach (JsonElement group in given)
        {
            if (group.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (JsonProperty parameter in group.EnumerateObject())
            {
                if (Add(values, parameter) is { } wrong)
                {
                    return ErrorCode.Unprocessable.With(wrong);
                }
            }
        }

        return values;
    }

    /// <summary>The image that <c>scan_range</c> names; null when nothing does.</summary>
    public static Result<int?> ImageOf(params ReadOnlySpan<JsonElement> given)
    {
        int? image = null;
        foreach (JsonElement group in given)
        {
            if (group.ValueKind == JsonValueKind.Object && group.TryGetProperty(Range, out JsonElement range)
                && range.ValueKind != JsonValueKind.Null)
            {
                string[] ends = range.ValueKind == JsonValueKind.String ? range.GetString()!.Split(',') : [];
                if (ends.Length != 2
                    || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                    || !int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                    || first != last || first < 1)
                {
                    return ErrorCode.Unprocessable.With(
                        $"'{Range}' is {Display.Quote(range.ToString())}; it must be one image, as \"7,7\".");
                }

                image = first;
            }
        }

        return image;
    }

    private static string? Add(Dictionary<string, JsonElement> values, JsonProperty parameter)
    {
        bool? isOn = Switch(parameter.Value);
        switch (parameter.Name)
        {
            case "index" when isOn != false:
                return "'index' asks for an indexing of the spots, which this service does not do.";
            case "disable_parallax_correction" when isOn is null:
                return $"'{parameter.Name}' is {Display.Quote(parameter.Value.ToString())}; it must be true or false.";
            case "disable_parallax_correction":
                values["parallax"] = Boolean(!isOn.Value);
                return null;
            default:
                if (Names.TryGetValue(parameter.Name, out string? name) && parameter.Value.ValueKind != JsonValueKind.Null)
                {
                    values[name] = isOn is { } on && parameter.Name == "filter_ice" ? Boolean(on) : parameter.Value.Clone();
                }

                return null;
        }
    }

    // Recipes have them as Python writes them, too.
    private static bool? Switch(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(value.GetString(), out bool on) => on,
        _ => null,
    };

    private static JsonElement Text(string text) => JsonElement.Parse($"\"{text}\"");

    private static JsonElement Boolean(bool value) => JsonElement.Parse(value ? "true" : "false");
}
