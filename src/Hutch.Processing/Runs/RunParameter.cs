using System.Text.Json;
using Hutch.Model.Records;

namespace Hutch.Processing.Runs;

/// <summary>The parameters that a run keeps in addition to those of its step.</summary>
internal static class RunParameter
{
    /// <summary>A parameter; null when it is not there.</summary>
    public static JsonElement? Find(RunDescription run, string name) =>
        run is { Parameters: { ValueKind: JsonValueKind.Object } parameters } && parameters.TryGetProperty(name, out JsonElement value)
            ? value
            : null;

    /// <summary>A parameter that is a text; null when it is not there, or something else.</summary>
    public static string? Text(RunDescription run, string name) =>
        Find(run, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
