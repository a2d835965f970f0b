using Hutch.Model.Units;
using Hutch.Types.Yaml;

namespace Hutch.Types.Documents;

/// <summary>
/// Reads the values of one section of a document by their keys and records problems with their positions. An unknown key is a problem, so
/// that a misspelled one is not overlooked.
/// </summary>
public sealed class SectionReader
{
    private const int MaxTextCharacters = 2000;

    private readonly string _where;
    private readonly List<DocumentProblem> _problems;
    private readonly Dictionary<string, YamlValue> _values = new(StringComparer.Ordinal);

    public SectionReader(YamlMap section, string where, IReadOnlyCollection<string> keys, List<DocumentProblem> problems)
    {
        (Section, _where, _problems) = (section, where, problems);
        foreach ((YamlScalar key, YamlValue value) in section.Entries)
        {
            string name = key.Text;
            if (!keys.Contains(name))
            {
                Reject(key, $"{Display.Quote(name)} is no key of {where}{Suggestion.For(name, keys)}");
            }
            else if (!YamlValues.IsNothing(value))
            {
                _values[name] = value;
            }
        }
    }

    public YamlMap Section { get; }

    /// <summary>Returns the line where a value begins, or the line of the section when the value is absent.</summary>
    public long LineOf(string key) => (_values.GetValueOrDefault(key) ?? Section).Line;

    public YamlValue? Find(string key) => _values.GetValueOrDefault(key);

    /// <summary>Returns one line of text; null when it is absent.</summary>
    public string? Line(string key)
    {
        string? text = Text(key);
        if (text?.Any(char.IsControl) == true)
        {
            Reject(_values[key], $"'{key}' of {_where} must be one line of text.");
        }

        return text;
    }

    public string? Text(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is YamlScalar { Text: { Length: <= MaxTextCharacters } text })
        {
            return text.Trim();
        }

        Reject(node, $"'{key}' of {_where} must be a text of at most {MaxTextCharacters} characters.");
        return null;
    }

    public bool Flag(string key)
    {
        switch (Find(key))
        {
            case null or YamlScalar { Text: "false" }:
                return false;
            case YamlScalar { Text: "true" }:
                return true;
            case YamlValue node:
                Reject(node, $"'{key}' of {_where} must be true or false.");
                return false;
        }
    }

    /// <summary>Returns a list of texts, of one item when the value is a single text; empty when it is absent.</summary>
    public IReadOnlyList<string> Texts(string key, int most)
    {
        YamlValue? node = Find(key);
        IReadOnlyList<YamlValue> items = node switch
        {
            null => [],
            YamlList list => list.Items,
            YamlValue one => [one],
        };
        if (items.Count > most || items.Any(static item => item is not YamlScalar { Text.Length: > 0 and <= MaxTextCharacters }))
        {
            Reject(node!, $"'{key}' of {_where} must be a list of at most {most} texts.");
            return [];
        }

        return [.. items.Select(static item => ((YamlScalar)item).Text)];
    }

    public YamlMap? Subsection(string key)
    {
        YamlValue? node = Find(key);
        if (node is not null and not YamlMap)
        {
            Reject(node, $"'{key}' of {_where} must be a section: put its keys below it, indented.");
        }

        return node as YamlMap;
    }

    /// <summary>Returns the two ends of a range: <c>[0, 10]</c>, with <c>~</c> for an open end.</summary>
    public (double? Min, double? Max) Range(string key)
    {
        if (Find(key) is not { } node)
        {
            return default;
        }

        if (node is YamlList { Items: [YamlValue from, YamlValue to] }
            && TryEnd(from, out double? min) && TryEnd(to, out double? max) && !(min > max))
        {
            return (min, max);
        }

        Reject(node, $"'{key}' of {_where} must be two numbers, the lesser first: [0, 10]; '~' leaves an end open.");
        return default;
    }

    /// <summary>Returns a unit of the table; null when it is absent, or unknown.</summary>
    public Unit? Unit(string key)
    {
        if (Line(key) is not { } text)
        {
            return null;
        }

        Unit? unit = UnitTable.Find(text);
        if (unit is null)
        {
            string[] known = [.. UnitTable.All.Select(static one => one.Symbol)];
            Reject(
                Find(key)!, $"the unit {Display.Quote(text)} is not known{Suggestion.For(text, known)} Units: {string.Join(", ", known)}.");
        }

        return unit;
    }

    public void Reject(YamlValue where, string words) => _problems.Add(new DocumentProblem(where.Line, where.Column, words));

    private static bool TryEnd(YamlValue node, out double? end)
    {
        end = null;
        if (YamlValues.IsNothing(node))
        {
            return true;
        }

        string? text = (node as YamlScalar)?.Text;
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number);
        end = isNumber ? number : null;
        return isNumber;
    }
}
