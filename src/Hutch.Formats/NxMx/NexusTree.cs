namespace Hutch.Formats.NxMx;

/// <summary>Looks values up in the JSON tree of an NXmx entry.</summary>
internal static class NexusTree
{
    /// <summary>The node at a path such as <c>instrument/detector/count_time</c>; null when there is none.</summary>
    public static JsonNode? At(this JsonObject tree, string path)
    {
        JsonNode? node = tree;
        foreach (string part in path.Split('/'))
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    /// <summary>A whole number, or a list of one.</summary>
    public static long? Integer(JsonNode? node) =>
        Real(node) is { } value && value == Math.Floor(value) && Math.Abs(value) < 1L << 53 ? (long)value : null;

    /// <summary>A number, or a list of one.</summary>
    public static double? Real(JsonNode? node)
    {
        while (node is JsonArray { Count: 1 } list)
        {
            node = list[0];
        }

        // Values that were parsed and values that were made are of different classes inside; their text is the same.
        return node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
            ? number
            : null;
    }

    /// <summary>A string, or a list of one.</summary>
    public static string? Text(JsonNode? node)
    {
        while (node is JsonArray { Count: 1 } list)
        {
            node = list[0];
        }

        return node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
    }
}
