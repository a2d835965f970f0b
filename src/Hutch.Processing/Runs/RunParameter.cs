using System.Text.Json;
using Hutch.Model.Records;

namespace Hutch.Processing.Runs;

/// <summary>The parameters that a run keeps in addition to those of its step.</summary>
internal static class RunParameter
{
    /// <summary>Returns a parameter; null when it is missing.</summary>
    public static JsonElement? Find(RunDescription run, string name) =>
        run is { Parameters: { ValueKind: JsonValueKind.Object } parameters } && parameters.TryGetProperty(name, out JsonElement value)
            ? value
            : null;

    /// <summary>Returns a text parameter; null when it is missing, or has another type.</summary>
    public static string? Text(RunDescription run, string name) =>
        Find(run, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
