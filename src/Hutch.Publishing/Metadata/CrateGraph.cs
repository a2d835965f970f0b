namespace Hutch.Publishing.Metadata;

/// <summary>The entities of an RO-Crate, each once.</summary>
internal sealed class CrateGraph
{
    private readonly Dictionary<string, JsonObject> _known = new(StringComparer.Ordinal);
    private readonly List<JsonObject> _entities = [];

    public IReadOnlyList<JsonObject> Entities => _entities;

    public JsonObject Add(string id, string type, params ReadOnlySpan<(string Name, JsonNode? Value)> properties)
    {
        if (_known.TryGetValue(id, out JsonObject? known))
        {
            return known;
        }

        var entity = new JsonObject { ["@id"] = id, ["@type"] = type };
        foreach ((string name, JsonNode? value) in properties)
        {
            if (value is not null)
            {
                entity[name] = value;
            }
        }

        _known.Add(id, entity);
        _entities.Add(entity);
        return entity;
    }
}
