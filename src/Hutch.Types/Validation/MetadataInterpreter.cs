using System.Text.Json;
using Hutch.Model.Units;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;

namespace Hutch.Types.Validation;

/// <summary>
/// Interprets a metadata document by its type: assigns values to attributes, in SI units, and finds mismatches. It changes nothing and
/// refuses nothing, because metadata often arrive late and from several people.
/// </summary>
/// <remarks>
/// A number with a unit is a number (in the unit of the attribute), a text (<c>"300 kV"</c>), or <c>{"value": 300, "unit": "kV"}</c>.
/// A list is <c>[…]</c> of these, or <c>{"value": […], "unit": …}</c>.
/// </remarks>
public sealed class MetadataInterpreter
{
    public const int MaxFindings = 100;

    public const int MaxItems = 1000;

    private readonly List<AttributeValue> _values = [];
    private readonly List<MetadataFinding> _findings = [];

    private MetadataInterpreter()
    {
    }

    /// <param name="document">A JSON object; any other value has no attributes.</param>
    public static MetadataReading Read(DatasetType type, JsonElement document)
    {
        var reader = new MetadataInterpreter();
        foreach (TypeAttribute attribute in type.Attributes)
        {
            reader.ReadAttribute(attribute, Find(document, attribute.Name));
        }

        var known = type.Attributes.Select(attribute => attribute.Name.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        string[] others = document.ValueKind == JsonValueKind.Object
            ? [.. document.EnumerateObject().Select(property => property.Name).Where(name => !known.Contains(name)).Distinct()]
            : [];
        return new MetadataReading(reader._values, reader._findings, others);
    }

    /// <summary>Returns the value of a path; null when it is absent or null.</summary>
    private static JsonElement? Find(JsonElement document, string path)
    {
        foreach (string key in path.Split('.'))
        {
            if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(key, out document))
            {
                return null;
            }
        }

        return document.ValueKind == JsonValueKind.Null ? null : document;
    }

    private void ReadAttribute(TypeAttribute attribute, JsonElement? found)
    {
        if (found is not { } json)
        {
            if (attribute.IsRequired)
            {
                Record(attribute.Name, FindingKind.Missing, $"is missing; {Expected(attribute)} is expected.");
            }

            return;
        }

        (JsonElement value, Unit? unit) = (json, attribute.Unit);
        if (attribute.IsNumeric && json.ValueKind == JsonValueKind.Object && !TryUnwrap(attribute, json, out value, out unit))
        {
            return;
        }

        var items = new List<SingleValue>();
        if (attribute.Kind != AttributeKind.List)
        {
            ReadItem(attribute, attribute.Name, value, unit, items);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in value.EnumerateArray().Take(MaxItems))
            {
                ReadItem(attribute, $"{attribute.Name}[{index++}]", item, unit, items);
            }
        }
        else
        {
            // One value is a list of one.
            ReadItem(attribute, attribute.Name, value, unit, items);
        }

        if (items.Count > 0)
        {
            _values.Add(new AttributeValue(attribute, json, items));
        }
    }

    private bool TryUnwrap(TypeAttribute attribute, JsonElement json, out JsonElement value, out Unit? unit)
    {
        unit = attribute.Unit;
        if (!json.TryGetProperty("value", out value))
        {
            Record(attribute.Name, FindingKind.WrongKind, $"is a section without 'value'; {Expected(attribute)} is expected.");
            return false;
        }

        if (!json.TryGetProperty("unit", out JsonElement written) || written.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (written.ValueKind != JsonValueKind.String)
        {
            Record(attribute.Name, FindingKind.WrongUnit, "has a unit that is no text.");
            return false;
        }

        return TryUnit(attribute, attribute.Name, written.GetString()!, out unit);
    }

    private bool TryUnit(TypeAttribute attribute, string path, string text, out Unit? unit)
    {
        unit = UnitTable.Find(text, attribute.Unit?.Dimension);
        if (unit is not null && unit.Dimension == attribute.Unit?.Dimension)
        {
            return true;
        }

        string what = unit is null ? $"has the unit {Display.Quote(text)}, which is not known" : $"is {unit.Dimension.Name} (in {unit})";
        Record(path, FindingKind.WrongUnit, $"{what}; {Expected(attribute)} is expected.");
        unit = attribute.Unit;
        return false;
    }

    private void ReadItem(TypeAttribute attribute, string path, JsonElement value, Unit? unit, List<SingleValue> items)
    {
        SingleValue? read = attribute.ValueKind switch
        {
            AttributeKind.Number or AttributeKind.WholeNumber => ReadNumber(attribute, path, value, unit),
            AttributeKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? new SingleValue(value.GetBoolean() ? 1 : 0, value.GetBoolean() ? "true" : "false") : WrongKind(attribute, path, value),
            AttributeKind.Time => ReadTime(attribute, path, value),
            AttributeKind.Choice => ReadChoice(attribute, path, value),
            _ => ReadText(attribute, path, value),
        };
        if (read is { } single)
        {
            items.Add(single);
        }
    }

    private SingleValue? ReadNumber(TypeAttribute attribute, string path, JsonElement value, Unit? unit)
    {
        Unit? own = unit;
        double number;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double plain) && double.IsFinite(plain))
        {
            number = plain;
        }
        else if (value.ValueKind == JsonValueKind.String && Quantity.Parse(value.GetString()!) is { } quantity)
        {
            number = quantity.Value;
            if (quantity.Unit.Length > 0 && !TryUnit(attribute, path, quantity.Unit, out own))
            {
                return null;
            }
        }
        else
        {
            return WrongKind(attribute, path, value);
        }

        if (attribute.ValueKind == AttributeKind.WholeNumber && number != Math.Floor(number))
        {
            return WrongKind(attribute, path, value);
        }

        double si = own?.ToSi(number) ?? number;
        if (!double.IsFinite(si) || !IsInRange(attribute, own, number, si))
        {
            Record(path, FindingKind.OutOfRange, $"is {Shown(value)}{Behind(own)}; {Expected(attribute)} is expected.");
            return null;
        }

        return new SingleValue(si, number.ToString("R", CultureInfo.InvariantCulture), own);
    }

    /// <summary>Compares in the unit of the range when the value has that unit, which avoids rounding.</summary>
    private static bool IsInRange(TypeAttribute attribute, Unit? unit, double number, double si)
    {
        double value = unit == attribute.Unit ? number : attribute.Unit!.FromSi(si);
        return !(value < attribute.Min) && !(value > attribute.Max);
    }

    private SingleValue? ReadTime(TypeAttribute attribute, string path, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && MomentText.Parse(value.GetString()!) is { } moment
            ? new SingleValue(moment.From, value.GetString()!)
            : WrongKind(attribute, path, value);

    private SingleValue? ReadChoice(TypeAttribute attribute, string path, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return WrongKind(attribute, path, value);
        }

        string text = value.GetString()!;
        if (attribute.Choices.Contains(text, StringComparer.Ordinal))
        {
            return new SingleValue(null, text);
        }

        Record(path, FindingKind.OutOfRange, $"is {Shown(value)}; {Expected(attribute)} is expected.");
        return null;
    }

    private SingleValue? ReadText(TypeAttribute attribute, string path, JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? new SingleValue(null, TextFor(attribute, value.GetString()!))
            : WrongKind(attribute, path, value);

    /// <summary>Returns the text for display: the label of a term that was written as its alias, identifier or address.</summary>
    private static string TextFor(TypeAttribute attribute, string text) => attribute.Vocabulary?.Find(text)?.Label ?? text;

    private SingleValue? WrongKind(TypeAttribute attribute, string path, JsonElement value)
    {
        Record(path, FindingKind.WrongKind, $"is {Shown(value)}; {Expected(attribute)} is expected.");
        return null;
    }

    private void Record(string path, FindingKind kind, string message)
    {
        if (_findings.Count < MaxFindings)
        {
            _findings.Add(new MetadataFinding(path, kind, message));
        }
    }

    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "a section",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "nothing",
        JsonValueKind.String => "the text " + Display.Quote(value.GetString()),
        _ => Display.Quote(value.GetRawText()).Trim('\''),
    };

    private static string Behind(Unit? unit) => unit is null ? "" : $" (in {unit})";

    /// <summary>Describes the expected value of an attribute: "a number in kV from 0 to 3000".</summary>
    public static string Expected(TypeAttribute attribute)
    {
        string one = attribute.ValueKind switch
        {
            AttributeKind.Number => "a number",
            AttributeKind.WholeNumber => "a whole number",
            AttributeKind.Boolean => "true or false",
            AttributeKind.Time => "a time such as 2026-11-20T10:30:00Z",
            AttributeKind.Choice => "one of " + string.Join(", ", attribute.Choices),
            _ => "a text",
        };
        string unit = attribute.Unit is { } known ? $" in {known}, or another unit of {known.Dimension.Name}" : "";
        string range = (attribute.Min, attribute.Max) switch
        {
            ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $" from {min} to {max}"),
            ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $" of at least {min}"),
            (null, { } max) => string.Create(CultureInfo.InvariantCulture, $" of at most {max}"),
            _ => "",
        };
        return (attribute.Kind == AttributeKind.List ? $"a list, each item {one}" : one) + range + unit;
    }
}
