using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Types.Mapping;

/// <summary>Reads a mapping from a section of YAML and reports all problems at once, each with line and column.</summary>
public static class MetadataMappingReader
{
    private const int MaxKeys = 200;

    private static readonly string[] Keys = ["type", "title", "identity", "owner", "contacts", "attributes", "personal", "ignore"];

    /// <summary>Reads a section. Omitted keys have the defaults of <see cref="MetadataMapping"/>.</summary>
    /// <param name="problems">The problems; empty when a mapping is returned.</param>
    public static MetadataMapping? Read(YamlMap section, out IReadOnlyList<DocumentProblem> problems)
    {
        var found = new List<DocumentProblem>();
        MetadataMapping mapping = Read(new SectionReader(section, "a mapping", Keys, found), found);
        problems = found;
        return found.Count == 0 ? mapping : null;
    }

    internal static MetadataMapping ReadBuiltIn(string resource)
    {
        YamlMap root = YamlReader.Read(BuiltInFile.Read(resource), YamlLimits.Written).Value;
        return Read(root, out IReadOnlyList<DocumentProblem> problems)
            ?? throw new InvalidOperationException($"A built-in mapping is wrong: {problems[0]}");
    }

    private static MetadataMapping Read(SectionReader section, List<DocumentProblem> problems)
    {
        SectionReader? type = Below(section, "type", ["key", "types", "otherwise"], problems);
        var mapping = new MetadataMapping
        {
            TypeKey = type?.Line("key"),
            Types = type is null ? new Dictionary<string, string>() : Types(type),
            OtherwiseType = type?.Line("otherwise") ?? TypeNames.Top,
            Title = section.Texts("title", MaxKeys),
            Identity = section.Line("identity"),
            Owner = section.Line("owner"),
            Contacts = Contacts(section, problems),
            Attributes = Attributes(section, problems),
            Ignored = Patterns(section, "ignore"),
        };
        if (section.Find("personal") is not null)
        {
            mapping = mapping with { Personal = Patterns(section, "personal") };
        }

        CheckPersonal(section, mapping);
        return mapping;
    }

    /// <summary>Checks that values visible to everyone do not come from personal ones.</summary>
    private static void CheckPersonal(SectionReader section, MetadataMapping mapping)
    {
        foreach ((string name, KeySource source) in mapping.Attributes.Where(pair => mapping.IsPersonal(pair.Value.Key)))
        {
            section.Reject(
                section.Find("attributes")!,
                $"the attribute '{name}' comes from '{source.Key}', which is personal, but attributes are for everybody who sees the "
                + "dataset: leave it out, or out of 'personal'.");
        }

        foreach (string key in mapping.Title.Where(mapping.IsPersonal))
        {
            section.Reject(section.Find("title")!, $"the title comes from '{key}', which is personal: leave it out, or out of 'personal'.");
        }
    }

    private static List<KeyPattern> Patterns(SectionReader section, string key)
    {
        var patterns = new List<KeyPattern>();
        foreach (string text in section.Texts(key, MaxKeys))
        {
            if (KeyPattern.Parse(text).TryGet(out KeyPattern? pattern, out HutchError? refusal))
            {
                patterns.Add(pattern);
            }
            else
            {
                section.Reject(section.Find(key)!, refusal.Message);
            }
        }

        return patterns;
    }

    private static SectionReader? Below(SectionReader section, string key, string[] keys, List<DocumentProblem> problems) =>
        section.Subsection(key) is { } below ? new SectionReader(below, $"'{key}'", keys, problems) : null;

    private static Dictionary<string, string> Types(SectionReader type)
    {
        var types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((YamlScalar key, YamlValue value) in type.Subsection("types")?.Entries ?? [])
        {
            string name = (value as YamlScalar)?.Text ?? "";
            if (!TypeReader.IsTypeName(name))
            {
                type.Reject(value, "the name of a type is expected, such as 'cryoem/spa'.");
            }

            types[key.Text] = name;
        }

        return types;
    }

    private static List<ContactKeys> Contacts(SectionReader section, List<DocumentProblem> problems)
    {
        var contacts = new List<ContactKeys>();
        YamlValue? node = section.Find("contacts");
        if (node is not null and not YamlList)
        {
            section.Reject(node, "'contacts' must be a list of sections with name, email and affiliation.");
        }

        foreach (YamlValue item in (node as YamlList)?.Items ?? [])
        {
            if (item is YamlMap keys)
            {
                var contact = new SectionReader(keys, "a contact", ["name", "email", "affiliation"], problems);
                contacts.Add(new ContactKeys(contact.Line("name"), contact.Line("email"), contact.Line("affiliation")));
            }
            else
            {
                section.Reject(item, "a contact must be a section with name, email and affiliation.");
            }
        }

        return contacts;
    }

    private static Dictionary<string, KeySource> Attributes(SectionReader section, List<DocumentProblem> problems)
    {
        var attributes = new Dictionary<string, KeySource>(StringComparer.Ordinal);
        foreach ((YamlScalar key, YamlValue value) in section.Subsection("attributes")?.Entries ?? [])
        {
            string name = key.Text;
            if (value is YamlScalar { Text: { Length: > 0 } source })
            {
                attributes[name] = new KeySource(source);
            }
            else if (value is YamlMap below)
            {
                var keys = new SectionReader(below, $"'{name}'", ["key", "split"], problems);
                string? split = (keys.Find("split") as YamlScalar)?.Text;
                attributes[name] = new KeySource(keys.Line("key") ?? "", string.IsNullOrEmpty(split) ? null : split);
            }
            else
            {
                section.Reject(value, $"'{name}' must name a key of the file, such as 'Sample.Name', or be a section with key and split.");
            }
        }

        return attributes;
    }
}
