using Hutch.Model.Units;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Validation;

namespace Hutch.Types.Schema;

/// <summary>
/// The JSON Schema (draft 2020-12) of a type's metadata, including inherited attributes. It accepts every document that
/// <see cref="MetadataInterpreter"/> accepts without a finding, except for rare spellings of units. It cannot express the range of a number
/// that carries its unit, or the validity of a date in the calendar.
/// </summary>
public static class TypeSchema
{
    private const string NumberPattern = @"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*";

    /// <param name="address">The address of the schema, for its <c>$id</c>; null to omit it.</param>
    public static JsonObject For(DatasetType type, Uri? address)
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema" };
        if (address is not null)
        {
            schema["$id"] = address.ToString();
        }

        schema["title"] = type.Document.Title;
        if (type.Document.Description is { } description)
        {
            schema["description"] = description;
        }

        Fill(schema, type.Attributes);
        return schema;
    }

    private static void Fill(JsonObject schema, IEnumerable<TypeAttribute> attributes)
    {
        schema["type"] = "object";
        schema["properties"] = new JsonObject();
        foreach (TypeAttribute attribute in attributes)
        {
            string[] path = attribute.Name.Split('.');
            JsonObject section = schema;
            foreach (string key in path[..^1])
            {
                Require(section, key, attribute.IsRequired);
                section = Section(section, key);
            }

            Require(section, path[^1], attribute.IsRequired);
            section["properties"]![path[^1]] = Property(attribute);
        }
    }

    private static JsonObject Section(JsonObject schema, string key)
    {
        var properties = (JsonObject)schema["properties"]!;
        if (properties[key] is not JsonObject section)
        {
            section = new JsonObject { ["properties"] = new JsonObject() };
            properties[key] = section;
        }

        return section;
    }

    private static void Require(JsonObject section, string key, bool required)
    {
        if (!required)
        {
            return;
        }

        // A required section must be an object: a value of another kind would hide the required keys in it.
        section["type"] = "object";
        if (section["required"] is not JsonArray names)
        {
            section["required"] = names = [];
        }

        if (!names.Any(name => name!.GetValue<string>() == key))
        {
            names.Add((JsonNode)key);
        }
    }

    private static JsonObject Property(TypeAttribute attribute)
    {
        var property = new JsonObject { ["title"] = attribute.Title };
        if (attribute.Description is { } description)
        {
            property["description"] = description;
        }

        var forms = new JsonArray();
        JsonArray items = Single(attribute);
        if (attribute.Kind == AttributeKind.List)
        {
            forms.Add(new JsonObject { ["type"] = "array", ["items"] = AnyOf(items) });
        }

        foreach (JsonNode? item in items)
        {
            forms.Add(item!.DeepClone());
        }

        if (attribute.IsNumeric)
        {
            forms.Add(WithUnit(attribute));
        }

        if (!attribute.IsRequired)
        {
            forms.Add(new JsonObject { ["type"] = "null" });
        }

        property["anyOf"] = forms;
        return property;
    }

    private static JsonObject AnyOf(JsonArray forms) =>
        forms is [JsonObject one] ? (JsonObject)one.DeepClone() : new JsonObject { ["anyOf"] = forms.DeepClone() };

    private static JsonArray Single(TypeAttribute attribute) => attribute.ValueKind switch
    {
        AttributeKind.Number or AttributeKind.WholeNumber => [Number(attribute), NumberAsText(attribute)],
        AttributeKind.Boolean => [new JsonObject { ["type"] = "boolean" }],
        AttributeKind.Time => [new JsonObject { ["type"] = "string", ["pattern"] = MomentText.Pattern }],
        AttributeKind.Choice => [new JsonObject { ["enum"] = new JsonArray([.. attribute.Choices.Select(choice => (JsonNode)choice)]) }],
        _ => [new JsonObject { ["type"] = "string" }],
    };

    private static JsonObject Number(TypeAttribute attribute)
    {
        var number = new JsonObject { ["type"] = attribute.ValueKind == AttributeKind.WholeNumber ? "integer" : "number" };
        if (attribute.Min is { } min)
        {
            number["minimum"] = min;
        }

        if (attribute.Max is { } max)
        {
            number["maximum"] = max;
        }

        return number;
    }

    private static JsonObject NumberAsText(TypeAttribute attribute)
    {
        string units = string.Join('|', Spellings(attribute).Select(Regex.Escape));
        return new JsonObject { ["type"] = "string", ["pattern"] = NumberPattern + (units.Length == 0 ? "$" : @$"({units})?\s*$") };
    }

    private static JsonObject WithUnit(TypeAttribute attribute)
    {
        JsonArray single = [new JsonObject { ["type"] = "number" }, NumberAsText(attribute)];
        JsonArray values = attribute.Kind == AttributeKind.List
            ? [.. single.Select(form => form!.DeepClone()), new JsonObject { ["type"] = "array", ["items"] = AnyOf(single) }]
            : single;
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["value"] = AnyOf(values),
                ["unit"] = attribute.Unit is null
                    ? new JsonObject { ["type"] = "null" }
                    : new JsonObject { ["enum"] = new JsonArray([.. Spellings(attribute).Select(unit => (JsonNode)unit), null]) },
            },
            ["required"] = new JsonArray("value"),
        };
    }

    private static IEnumerable<string> Spellings(TypeAttribute attribute) =>
        attribute.Unit is { } unit ? UnitTable.Spellings(unit.Dimension) : [];
}
