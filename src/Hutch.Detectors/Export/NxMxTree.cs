using System.Text.Json;

namespace Hutch.Detectors.Export;

/// <summary>
/// Writes the tree of a master that a header keeps under <c>nexus</c> back to a file: groups are objects, data sets are values, an
/// attribute of a group is <c>@name</c>, one of a data set <c>dataset@name</c>.
/// </summary>
/// <param name="first">The first image that is written.</param>
/// <param name="of">Images of the series: an axis with so many values gets those of the images that are written.</param>
internal sealed class NxMxTree(IHdf5Tree file, int first, int count, int? of)
{
    // Values that programs calculate with: floats also where JSON does not distinguish them from integers.
    private static readonly string[] AlwaysReal = ["vector", "offset"];

    /// <summary>Writes what a group has, but for the groups in <paramref name="except"/>.</summary>
    public void Write(string path, JsonObject group, params string[] except)
    {
        foreach ((string name, JsonNode? value) in group)
        {
            int at = name.IndexOf('@', StringComparison.Ordinal);
            if (at == 0)
            {
                WriteAttribute(group, path, name[1..], value);
            }
            else if (at < 0 && value is JsonObject inner && !except.Contains(name))
            {
                file.Group($"{path}/{name}");
                Write($"{path}/{name}", inner);
            }
            else if (at < 0 && value is not JsonObject && !name.Contains('/', StringComparison.Ordinal))
            {
                WriteDataset(group, path, name, value);
            }
        }
    }

    private void WriteAttribute(JsonObject group, string path, string name, JsonNode? value)
    {
        if (name != "unreadable" && Encode(value, AlwaysReal.Contains(name)) is { } encoded)
        {
            file.GroupAttribute(path, name, encoded);
        }
    }

    private void WriteDataset(JsonObject group, string path, string name, JsonNode? value)
    {
        if (Encode(Slice(value), group.ContainsKey(name + "@units")) is not { } encoded)
        {
            return;
        }

        var attributes = new List<(string Name, object Value)>();
        foreach ((string key, JsonNode? attribute) in group)
        {
            if (key.StartsWith(name + "@", StringComparison.Ordinal) && key[(name.Length + 1)..] is var of
                && Encode(attribute, AlwaysReal.Contains(of)) is { } attributeValue)
            {
                attributes.Add((of, attributeValue));
            }
        }

        file.Value($"{path}/{name}", encoded, [.. attributes]);
    }

    private JsonNode? Slice(JsonNode? value) => value is JsonArray list && list.Count > 1 && list.Count == of && count < list.Count
        ? new JsonArray([.. list.Skip(first - 1).Take(count).Select(static item => item?.DeepClone())])
        : value;

    /// <summary>A value as it can be written; null for what cannot be.</summary>
    private static object? Encode(JsonNode? node, bool isReal)
    {
        switch (node)
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return value.GetValue<string>();
            case JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                return value.GetValue<bool>() ? 1L : 0L;
            case JsonValue when NexusTree.Real(node) is { } number:
                return IsWhole(node, isReal) ? NexusTree.Integer(node)!.Value : number;
            case JsonArray { Count: > 0 } list when list.All(static item => NexusTree.Text(item) is not null):
                return list.Select(static item => NexusTree.Text(item)!).ToArray();
            case JsonArray { Count: > 0 } list when list.All(static item => item is JsonValue && NexusTree.Real(item) is not null):
                return list.All(item => IsWhole(item, isReal))
                    ? list.Select(static item => NexusTree.Integer(item)!.Value).ToArray()
                    : list.Select(static item => NexusTree.Real(item)!.Value).ToArray();
            default:
                return null;
        }
    }

    private static bool IsWhole(JsonNode? node, bool isReal) => !isReal && NexusTree.Integer(node) is not null;
}
