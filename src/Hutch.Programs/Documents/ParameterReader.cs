using System.Text.RegularExpressions;
using Hutch.Model.Parameters;
using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Programs.Documents;

/// <summary>Reads the parameters of a program.</summary>
internal sealed partial class ParameterReader(SectionReader program, List<DocumentProblem> problems)
{
    private const int MaxParameters = 100;
    private const int MaxChoices = 100;
    private const int MaxPatternCharacters = 200;

    private static readonly string[] Keys =
        ["title", "kind", "unit", "range", "choices", "pattern", "default", "from", "help", "advanced"];

    private static readonly Dictionary<string, ValueKind> Kinds = new(StringComparer.Ordinal)
    {
        ["text"] = ValueKind.Text,
        ["integer"] = ValueKind.WholeNumber,
        ["number"] = ValueKind.Number,
        ["boolean"] = ValueKind.Boolean,
    };

    public IReadOnlyList<ParameterDeclaration> Read()
    {
        var parameters = new List<ParameterDeclaration>();
        foreach ((YamlScalar key, YamlValue value) in program.Subsection("parameters")?.Entries ?? [])
        {
            if (parameters.Count == MaxParameters)
            {
                program.Reject(key, $"a program has at most {MaxParameters} parameters.");
                break;
            }

            if (!ParameterName().IsMatch(key.Text) || key.Text is CommandTemplate.Input or CommandTemplate.Output)
            {
                program.Reject(
                    key,
                    $"{Display.Quote(key.Text)} is no name of a parameter: use a word such as 'threshold' or 'dMin'; 'input' and 'output' "
                    + "are taken.");
            }
            else if (value is not YamlMap body)
            {
                program.Reject(
                    value, $"the parameter '{key.Text}' must be a section with at least its kind: '{key.Text}: {{kind: number}}'.");
            }
            else if (Read(key.Text, body) is { } parameter)
            {
                parameters.Add(parameter);
            }
        }

        return parameters;
    }

    private ParameterDeclaration? Read(string name, YamlMap body)
    {
        var section = new SectionReader(body, $"the parameter '{name}'", Keys, problems);
        string kindText = section.Line("kind") ?? "";
        if (!Kinds.TryGetValue(kindText, out ValueKind kind))
        {
            section.Reject(
                section.Find("kind") ?? body,
                kindText.Length == 0 ? $"the parameter '{name}' has no kind; use one of {string.Join(", ", Kinds.Keys)}."
                    : $"{Display.Quote(kindText)} is no kind; use one of {string.Join(", ", Kinds.Keys)}.");
            return null;
        }

        bool isNumber = kind is ValueKind.WholeNumber or ValueKind.Number;
        Only(section, "unit", isNumber, "a number");
        Only(section, "range", isNumber, "a number");
        Only(section, "choices", kind == ValueKind.Text, "a text");
        Only(section, "pattern", kind == ValueKind.Text, "a text");
        IReadOnlyList<string> choices = section.Texts("choices", MaxChoices);
        (double? min, double? max) = section.Range("range");
        var parameter = new ParameterDeclaration
        {
            Name = name,
            Title = section.Line("title") ?? name,
            Kind = kind,
            Unit = section.Unit("unit")?.Symbol,
            Description = section.Text("help") ?? "",
            Choices = choices.Count > 0 ? choices : null,
            Pattern = kind == ValueKind.Text ? ReadPattern(section, name, choices) : null,
            Minimum = min,
            Maximum = max,
            Advanced = section.Flag("advanced"),
            From = ReadSource(section, name),
        };
        return parameter with { Default = ReadDefault(section, parameter) };
    }

    private static string? ReadSource(SectionReader section, string name)
    {
        if (section.Line("from") is not { } from)
        {
            return null;
        }

        if (MetadataKey().Match(from) is { Success: true } key)
        {
            return key.Groups[1].Value;
        }

        section.Reject(
            section.Find("from")!,
            $"'from' of '{name}' must be a key of the input's metadata after 'metadata.', such as 'metadata.detector.distance'.");
        return null;
    }

    private static string? ReadPattern(SectionReader section, string name, IReadOnlyList<string> choices)
    {
        if (section.Line("pattern") is not { } pattern)
        {
            if (choices.Count > 0)
            {
                // A choice is the operator's own text, and may be anything.
                return null;
            }

            section.Reject(
                section.Section,
                $"the text '{name}' has neither a pattern nor choices, so that it could be anything: add a line such as "
                + "'pattern: \"[A-Za-z0-9]{1,20}\"'.");
            return null;
        }

        try
        {
            _ = pattern.Length <= MaxPatternCharacters
                ? new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
                : throw new ArgumentException($"it has more than {MaxPatternCharacters} characters");
            return pattern;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            section.Reject(section.Find("pattern")!, $"the pattern of '{name}' cannot be used: {e.Message.TrimEnd('.')}.");
            return null;
        }
    }

    private static JsonElement? ReadDefault(SectionReader section, ParameterDeclaration parameter)
    {
        if (section.Find("default") is not { } node)
        {
            return null;
        }

        if (node is not YamlScalar scalar)
        {
            section.Reject(node, $"the default of '{parameter.Name}' must be one value.");
            return null;
        }

        Result<JsonElement> value = parameter.Check(JsonElement.Parse(JsonEncodedText(scalar.Text)));
        if (!value.IsOk)
        {
            section.Reject(node, $"the default cannot be used: {value.Error.Message}");
            return null;
        }

        return value.Value;
    }

    private static string JsonEncodedText(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    private static void Only(SectionReader section, string key, bool allowed, string kind)
    {
        if (!allowed && section.Find(key) is { } node)
        {
            section.Reject(node, $"'{key}' is for {kind}. Remove it, or change the kind.");
        }
    }

    [GeneratedRegex(@"\Ametadata\.([A-Za-z0-9_-]{1,100}(?:\.[A-Za-z0-9_-]{1,100}){0,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex MetadataKey();

    [GeneratedRegex(@"\A[a-z][A-Za-z0-9_]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();
}
