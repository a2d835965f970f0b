using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Types.Mapping;

/// <summary>Maps the keys of a facility's metadata file to the properties of a dataset. Keys are case-insensitive.</summary>
public sealed record MetadataMapping
{
    private const int MaxTitleCharacters = 200;

    public string? TypeKey { get; init; }

    public IReadOnlyDictionary<string, string> Types { get; init; } = new Dictionary<string, string>();

    public string OtherwiseType { get; init; } = TypeNames.Top;

    /// <summary>The keys of the title; the first that has a value wins.</summary>
    public IReadOnlyList<string> Title { get; init; } = [];

    /// <summary>A key that survives a rename of the folder; null for none.</summary>
    public string? Identity { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyList<ContactKeys> Contacts { get; init; } = [];

    public IReadOnlyDictionary<string, KeySource> Attributes { get; init; } = new Dictionary<string, KeySource>();

    /// <summary>The keys with personal data, which is visible only to members of the dataset.</summary>
    public IReadOnlyList<KeyPattern> Personal { get; init; } = [KeyPattern.Parse("User").Value];

    /// <summary>The keys that are not metadata.</summary>
    public IReadOnlyList<KeyPattern> Ignored { get; init; } = [];

    /// <summary>The built-in mapping, for the files of CEITEC's cryo-EM facility: <c>SPA.yml</c> and similar ones.</summary>
    public static MetadataMapping Facility { get; } = MetadataMappingReader.ReadBuiltIn("mappings/facility");

    /// <summary>Returns true if a path, or one above it, is personal.</summary>
    public bool IsPersonal(string key) => Personal.Any(pattern => pattern.MatchesValue(key.Split('.')));

    /// <summary>Maps a file to the metadata of a dataset. Equal files give equal results.</summary>
    public MappedMetadata Apply(YamlMap file, TypeCatalog types)
    {
        var notes = new List<string>();
        string type = TypeOf(file, types, notes);
        var personal = new JsonObject();
        var personalKeys = new List<string>();
        JsonObject document = Rest(file, personal, personalKeys);
        AddAttributes(document, file, types.Find(type) ?? types.Top, notes);
        return new MappedMetadata
        {
            Type = type,
            Title = Title.Where(key => !IsPersonal(key)).Select(key => Line(file, key)).FirstOrDefault(text => text is not null),
            Identity = Identity is null ? null : Line(file, Identity),
            Owner = Owner is null ? null : Line(file, Owner),
            Contacts = [.. Contacts.Select(keys => ContactOf(file, keys)).OfType<Contact>()],
            Document = document,
            Personal = personal,
            PersonalKeys = personalKeys,
            Notes = notes,
        };
    }

    private string TypeOf(YamlMap file, TypeCatalog types, List<string> notes)
    {
        if (TypeKey is null || Line(file, TypeKey) is not { } said)
        {
            return OtherwiseType;
        }

        string? type = Types.FirstOrDefault(pair => string.Equals(pair.Key, said, StringComparison.OrdinalIgnoreCase)).Value
            ?? types.Find(said)?.Name;
        if (type is null)
        {
            notes.Add($"'{TypeKey}' is {Display.Quote(said)}, for which no type is set; '{OtherwiseType}' is taken.");
        }

        return type ?? OtherwiseType;
    }

    private void AddAttributes(JsonObject document, YamlMap file, DatasetType type, List<string> notes)
    {
        foreach ((string name, KeySource source) in Attributes)
        {
            TypeAttribute? attribute = type.Attributes.FirstOrDefault(one => one.Name == name);
            if (IsPersonal(source.Key))
            {
                notes.Add($"'{source.Key}' is personal, so that it does not become '{name}', which everybody sees.");
                continue;
            }

            if (Find(file, source.Key) is not { } node || ValueOf(node, source, attribute) is not { } value)
            {
                continue;
            }

            string[] path = name.Split('.');
            JsonObject section = document;
            foreach (string key in path[..^1])
            {
                if (section[key] is not JsonObject inner)
                {
                    section[key] = inner = [];
                }

                section = inner;
            }

            if (section.ContainsKey(path[^1]))
            {
                notes.Add($"The key '{name}' of the file is left out, as '{source.Key}' becomes '{name}'.");
            }

            section[path[^1]] = value;
        }
    }

    private static JsonNode? ValueOf(YamlValue node, KeySource source, TypeAttribute? attribute)
    {
        if (source.Split is { } separator && node is YamlScalar { Text: var text })
        {
            string[] items = text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return items.Length == 0 ? null : new JsonArray([.. items.Select(item => (JsonNode)item)]);
        }

        return node switch
        {
            YamlScalar { Text: "" } => null,
            YamlList { Items.Count: 0 } or YamlMap { Entries.Count: 0 } => null,

            // A sample called 42 is a text to the type, though a number to YAML.
            YamlScalar scalar when attribute?.ValueKind is AttributeKind.Text or AttributeKind.Choice or AttributeKind.Time =>
                scalar.Text,
            _ => YamlValues.ToJson(node),
        };
    }

    private static Contact? ContactOf(YamlMap file, ContactKeys keys)
    {
        var contact = new Contact(LineOrNull(keys.Name), LineOrNull(keys.Email), LineOrNull(keys.Affiliation));
        return contact is { Name: null, Email: null, Affiliation: null } ? null : contact;

        string? LineOrNull(string? key) => key is null ? null : Line(file, key);
    }

    /// <summary>Returns every key that is neither mapped nor ignored. Personal keys go to <paramref name="personal"/>.</summary>
    private JsonObject Rest(YamlMap file, JsonObject personal, List<string> personalKeys)
    {
        HashSet<string> taken = new(Attributes.Values.Select(source => source.Key), StringComparer.OrdinalIgnoreCase);
        taken.UnionWith(new[] { TypeKey, Identity }.OfType<string>());
        return Copy(YamlValues.ToJson(file), [], personal) ?? [];

        JsonObject? Copy(JsonObject section, string[] path, JsonObject? aside)
        {
            var remaining = new JsonObject();
            foreach ((string key, JsonNode? value) in section)
            {
                string[] here = KeyPattern.WayTo(path, key);
                if (Personal.Any(pattern => value is JsonObject ? pattern.Matches(here) : pattern.MatchesValue(here)))
                {
                    personalKeys.Add(string.Join('.', here));
                    Put(aside, here, value?.DeepClone());
                }
                else if (!taken.Contains(string.Join('.', here)) && !Ignored.Any(pattern => pattern.Matches(here)))
                {
                    JsonNode? copy = CopyValue(value, here, aside);
                    if (copy is not null || value is null)
                    {
                        remaining[key] = copy;
                    }
                }
            }

            return remaining.Count == 0 && section.Count > 0 ? null : remaining;
        }

        // Items of a list are at the path of the list.
        JsonNode? CopyValue(JsonNode? value, string[] path, JsonObject? aside) => value switch
        {
            JsonObject section => Copy(section, path, aside),
            JsonArray list => new JsonArray([.. list.Select(item => CopyValue(item, path, aside))]),
            _ => value?.DeepClone(),
        };
    }

    private static void Put(JsonObject? root, ReadOnlySpan<string> path, JsonNode? value)
    {
        JsonObject section = root!;
        foreach (string key in path[..^1])
        {
            if (section[key] is not JsonObject inner)
            {
                section[key] = inner = [];
            }

            section = inner;
        }

        // The values of a key that appears in several items of a list are collected in an array.
        section[path[^1]] = section.TryGetPropertyValue(path[^1], out JsonNode? there) ? new JsonArray(there?.DeepClone(), value) : value;
    }

    private static string? Line(YamlMap file, string key)
    {
        if (Find(file, key) is not YamlScalar { Text: var text })
        {
            return null;
        }

        string line = new string([.. text.Select(static c => char.IsControl(c) ? ' ' : c)]).Trim();
        return line.Length == 0 ? null : line.Length <= MaxTitleCharacters ? line : line[..MaxTitleCharacters];
    }

    /// <summary>Returns the value of a key, whose dots separate sections; null when it is absent or empty.</summary>
    private static YamlValue? Find(YamlMap file, string key)
    {
        YamlValue? node = file;
        foreach (string part in key.Split('.'))
        {
            node = (node as YamlMap)?.Entries
                .FirstOrDefault(pair => string.Equals(pair.Key, part, StringComparison.OrdinalIgnoreCase)).Value;
        }

        return node is null || YamlValues.IsNothing(node) ? null : node;
    }
}
