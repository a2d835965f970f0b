using Hutch.Types.Vocabularies;
using Hutch.Types.Yaml;

namespace Hutch.Types.Documents;

/// <summary>Reads the document of a type and reports all problems at once, each with line and column.</summary>
public sealed partial class TypeReader
{
    public const int MaxAttributes = 200;

    private const int MaxNameCharacters = 100;
    private const int MaxChoices = 100;
    private const int MaxPatterns = 50;

    private static readonly string[] TypeKeys =
        ["name", "parent", "title", "description", "technique", "attributes", "files", "extractors", "previewers"];

    private static readonly string[] AttributeKeys =
        ["title", "kind", "items", "unit", "range", "choices", "vocabulary", "required", "description"];

    private readonly List<DocumentProblem> _problems = [];

    private TypeReader()
    {
    }

    /// <summary>Reads a document. It never throws, even for arbitrary bytes.</summary>
    /// <param name="file">The name of the file, without folder.</param>
    /// <param name="problems">The problems; empty when a document is returned.</param>
    /// <returns>The type; null when the document has problems.</returns>
    public static TypeDocument? Read(string file, ReadOnlySpan<byte> bytes, out IReadOnlyList<TypeProblem> problems)
    {
        var reader = new TypeReader();
        TypeDocument? document = null;
        if (YamlReader.Read(bytes, YamlLimits.Written).TryGet(out YamlMap? root, out HutchError? refusal))
        {
            document = reader.ReadType(file, root, Encoding.UTF8.GetString(bytes).TrimStart('\ufeff'));
        }
        else
        {
            reader._problems.Add(DocumentProblem.From(refusal));
        }

        problems = [.. reader._problems.Select(found => new TypeProblem(file, found.Line, found.Column, found.Message))];
        return problems.Count == 0 ? document : null;
    }

    public static bool IsTypeName(string text) => text.Length <= MaxNameCharacters && TypeName().IsMatch(text);

    private TypeDocument ReadType(string file, YamlMap root, string source)
    {
        var section = new SectionReader(root, "a type", TypeKeys, _problems);
        string name = section.Line("name") ?? "";
        if (!IsTypeName(name))
        {
            section.Reject(
                section.Find("name") ?? root,
                name.Length == 0 ? "the type has no name: add a line such as 'name: mx/rotation'."
                    : $"{Display.Quote(name)} is no name of a type: use lowercase words with hyphens, separated by slashes, "
                        + "such as 'mx/rotation'.");
        }

        string? parent = section.Line("parent");
        if (parent is null && name != TypeNames.Top)
        {
            section.Reject(root, $"the type has no parent: add a line such as 'parent: {TypeNames.Top}'.");
        }

        return new TypeDocument
        {
            Name = name,
            Parent = parent,
            Title = section.Line("title") ?? name,
            Description = section.Text("description"),
            Technique = ReadTechnique(section),
            Attributes = ReadAttributes(section),
            Files = section.Texts("files", MaxPatterns),
            Extractors = ReadList(section, "extractors"),
            Previewers = ReadList(section, "previewers"),
            File = file,
            Line = section.LineOf("name"),
            Source = source,
        };
    }

    private static VocabularyTerm? ReadTechnique(SectionReader section)
    {
        if (section.Line("technique") is not { } text)
        {
            return null;
        }

        VocabularyTerm? term = Vocabulary.PaNet.Find(text);
        if (term is null)
        {
            section.Reject(
                section.Find("technique")!,
                $"{Display.Quote(text)} is no technique of PaNET"
                + Suggestion.For(text, Vocabulary.PaNet.Terms.Select(static one => one.Label))
                + " Give a label or an identifier of PaNET.");
        }

        return term;
    }

    private static Vocabulary? ReadVocabulary(SectionReader section)
    {
        Vocabulary? vocabulary = section.Line("vocabulary") is { } name ? Vocabulary.FindByName(name) : null;
        if (vocabulary is null && section.Find("vocabulary") is { } node)
        {
            section.Reject(
                node, $"this vocabulary is not known; use {string.Join(", ", Vocabulary.All.Select(static one => one.Name))}.");
        }

        return vocabulary;
    }

    private static JsonArray? ReadList(SectionReader section, string key)
    {
        YamlValue? node = section.Find(key);
        if (node is not null and not YamlList)
        {
            section.Reject(node, $"'{key}' of a type must be a list.");
        }

        return node is YamlList list ? YamlValues.ToJson(list) as JsonArray : null;
    }

    private List<TypeAttribute> ReadAttributes(SectionReader section)
    {
        var attributes = new List<TypeAttribute>();
        if (section.Subsection("attributes") is not { } named)
        {
            return attributes;
        }

        foreach ((YamlScalar key, YamlValue value) in named.Entries)
        {
            string name = key.Text;
            if (attributes.Count == MaxAttributes)
            {
                section.Reject(key, $"a type has at most {MaxAttributes} attributes of its own.");
                break;
            }

            if (name.Length > MaxNameCharacters || !AttributeName().IsMatch(name) || name == TypeNames.SearchKey)
            {
                section.Reject(
                    key,
                    $"{Display.Quote(name)} is no name of an attribute: use lowercase words with '_', such as 'pixel_size'; a dot leads "
                    + $"into a section of the metadata, as in 'grid.rows'; '{TypeNames.SearchKey}' is taken.");
            }
            else if (value is not YamlMap body)
            {
                section.Reject(value, $"the attribute '{name}' must be a section with at least its kind: '{name}: {{kind: text}}'.");
            }
            else
            {
                attributes.Add(ReadAttribute(name, body));
            }
        }

        CheckNesting(section, attributes);
        return attributes;
    }

    private TypeAttribute ReadAttribute(string name, YamlMap body)
    {
        var section = new SectionReader(body, $"the attribute '{name}'", AttributeKeys, _problems);
        AttributeKind kind = ReadKind(section, name, "kind", AttributeKind.Text, isItems: false);
        AttributeKind items = kind == AttributeKind.List
            ? ReadKind(section, name, "items", AttributeKind.Text, isItems: true)
            : AttributeKind.Text;
        AttributeKind values = kind == AttributeKind.List ? items : kind;
        bool isNumber = values is AttributeKind.Number or AttributeKind.WholeNumber;
        Only(section, "items", kind == AttributeKind.List, name, "a list");
        Only(section, "unit", isNumber, name, "a number");
        Only(section, "range", isNumber, name, "a number");
        Only(section, "choices", values == AttributeKind.Choice, name, "a choice");
        Only(section, "vocabulary", values == AttributeKind.Text, name, "a text");
        IReadOnlyList<string> choices = section.Texts("choices", MaxChoices);
        if (values == AttributeKind.Choice && choices.Count == 0)
        {
            section.Reject(body, $"the attribute '{name}' is a choice without choices: add a line such as 'choices: [front, back]'.");
        }

        (double? min, double? max) = section.Range("range");
        return new TypeAttribute
        {
            Name = name,
            Title = section.Line("title") ?? TitleOf(name),
            Kind = kind,
            Items = items,
            Unit = section.Unit("unit"),
            Min = min,
            Max = max,
            Choices = choices,
            Vocabulary = ReadVocabulary(section),
            IsRequired = section.Flag("required"),
            Description = section.Text("description"),
        };
    }

    private static AttributeKind ReadKind(SectionReader section, string name, string key, AttributeKind otherwise, bool isItems)
    {
        AttributeKind[] kinds = [.. Enum.GetValues<AttributeKind>().Where(kind => !isItems || kind != AttributeKind.List)];
        string[] words = [.. kinds.Select(TypeNames.For)];
        string? text = section.Line(key);
        int index = Array.IndexOf(words, text);
        if (index < 0 && (text is not null || !isItems))
        {
            section.Reject(
                section.Find(key) ?? section.Section,
                text is null ? $"the attribute '{name}' has no kind; use one of {string.Join(", ", words)}."
                    : $"{Display.Quote(text)} is no kind; use one of {string.Join(", ", words)}.");
        }

        return index < 0 ? otherwise : kinds[index];
    }

    private static void Only(SectionReader section, string key, bool allowed, string name, string kind)
    {
        if (!allowed && section.Find(key) is { } node)
        {
            section.Reject(node, $"'{key}' is for {kind}; the attribute '{name}' is none. Remove it, or change the kind.");
        }
    }

    /// <summary>Checks that no attribute is both a value and a section: <c>grid.rows</c> excludes <c>grid</c>.</summary>
    private static void CheckNesting(SectionReader section, List<TypeAttribute> attributes)
    {
        foreach (TypeAttribute outer in attributes.Where(outer => attributes.Any(inner => TypeNames.IsInside(inner.Name, outer.Name))))
        {
            section.Reject(
                section.Find("attributes")!,
                $"the attribute '{outer.Name}' has a value, so that there can be no '{outer.Name}.…': rename one of them.");
        }
    }

    private static string TitleOf(string name)
    {
        string words = name.Replace('_', ' ').Replace('.', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    [GeneratedRegex(@"\A[a-z0-9-]+(/[a-z0-9-]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex AttributeName();
}
