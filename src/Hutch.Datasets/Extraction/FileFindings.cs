using System.Text.Json.Nodes;

namespace Hutch.Datasets.Extraction;

/// <param name="Values">Values of attributes of that type, as a metadata document has them, in the units of the file.</param>
internal sealed record FileFindings(string File, string Type, IReadOnlyList<KeyValuePair<string, JsonNode>> Values)
{
    /// <summary>The same, without the values that there are none of.</summary>
    public static FileFindings From(string file, string type, params (string Name, JsonNode? Value)[] values) => new(
        file,
        type,
        [
            .. values.Where(static value => value.Value is not null)
                .Select(static value => KeyValuePair.Create(value.Name, value.Value!)),
        ]);

    /// <summary>A number, or several, with their unit; without one where the file names none.</summary>
    public static JsonNode WithUnit(JsonNode value, string unit) =>
        unit.Length == 0 ? value : new JsonObject { ["value"] = value, ["unit"] = unit };
}
