namespace Hutch.Processing.Runs;

internal static class RunParameter
{
    public static JsonElement? Find(RunDescription run, string name) =>
        run is { Parameters: { ValueKind: JsonValueKind.Object } parameters } && parameters.TryGetProperty(name, out JsonElement value)
            ? value
            : null;

    /// <summary>Returns a text parameter; null when it is missing, or has another type.</summary>
    public static string? Text(RunDescription run, string name) =>
        Find(run, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
