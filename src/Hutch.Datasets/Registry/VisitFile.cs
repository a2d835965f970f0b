using System.Text.Json.Nodes;
using Hutch.Types.Yaml;

namespace Hutch.Datasets.Registry;

/// <summary>Reads a file with visits: YAML, of which JSON is a part. It has one visit, or a list of them under <c>visits</c>.</summary>
public static class VisitFile
{
    private const string ListKey = "visits";

    /// <summary>The keys whose values are texts, even where they look like numbers.</summary>
    private static readonly string[] TextKeys = ["name", "title", "proposal", "instrument", "description", "user"];

    public static int MaxBytes => YamlLimits.Written.MaxBytes;

    /// <summary>Returns the document of each visit.</summary>
    public static Result<IReadOnlyList<JsonObject>> Read(ReadOnlySpan<byte> bytes)
    {
        if (!YamlReader.Read(bytes, YamlLimits.Written).TryGet(out YamlMap? root, out HutchError? error))
        {
            return error;
        }

        if (root[ListKey] is not { } list)
        {
            return Result<IReadOnlyList<JsonObject>>.Ok([ToJson(root)]);
        }

        if (root.Entries.Count > 1 || list is not YamlList { Items: { Count: > 0 } items } || items.Any(static one => one is not YamlMap))
        {
            return new DocumentProblem(list.Line, list.Column, "'visits' must be the only key, with a list of at least one visit.")
                .ToError();
        }

        return Result<IReadOnlyList<JsonObject>>.Ok([.. items.Select(static one => ToJson((YamlMap)one))]);
    }

    private static JsonObject ToJson(YamlMap map) => new(map.Entries.Select(static entry =>
        KeyValuePair.Create(entry.Key, TextKeys.Contains(entry.Key) ? ToText(entry.Value) : ToJson(entry.Value))));

    private static JsonNode? ToJson(YamlValue value) => value switch
    {
        YamlMap map => ToJson(map),
        YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
        _ => YamlValues.ToJson(value),
    };

    /// <summary>Returns a proposal or name such as 20260042 as the text that it is.</summary>
    private static JsonNode? ToText(YamlValue value) => value is YamlScalar { IsNull: false } scalar ? scalar.Text : ToJson(value);
}
