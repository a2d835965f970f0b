using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Schema;
using Hutch.Types.Tests.Support;
using Hutch.Model.Units;
using Hutch.Types.Validation;

namespace Hutch.Types.Tests.Schema;

public sealed class TypeSchemaTests
{
    private static readonly DatasetType Everything = Write.Type("""
        name: every-kind
        parent: generic
        attributes:
          size: {kind: number, unit: mm, range: [-5, 50], required: true}
          plain: {kind: number}
          count: {kind: integer, range: [0, 10]}
          flag: {kind: boolean}
          colour: {kind: choice, choices: [red, green]}
          sizes: {kind: list, items: number, unit: µm}
          counts: {kind: list, items: integer}
          colours: {kind: list, items: choice, choices: [red, green]}
          inside.needed: {kind: text, required: true}
          inside.other: {kind: number, unit: kV}
        """);

    private static readonly Gen<JsonNode?> Scalar = Gen.OneOf(
        Gen.Constant<JsonNode?>(null),
        Gen.Choose(-20, 70).Select(number => (JsonNode?)(double)number),
        Gen.Choose(-200, 700).Select(number => (JsonNode?)(number / 10.0)),
        Gen.Elements(true, false).Select(flag => (JsonNode?)flag),
        Gen.Elements("red", "green", "blue", "", "5", "5 mm", "1.5", "2026-01-01", "2026-01-01T10:00:00Z", "10 kV", "1e1 µm", "x").Select(text => (JsonNode?)text));

    private static readonly Gen<JsonNode?> Value = Gen.OneOf(
        Scalar,
        Scalar,
        from count in Gen.Choose(0, 3) from items in Scalar.ArrayOf(count) select (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]),
        from value in Scalar
        from unit in Gen.Elements("mm", "µm", "kV", "furlong")
        select (JsonNode?)new JsonObject { ["value"] = value?.DeepClone(), ["unit"] = unit },
        Gen.Constant(0).Select(_ => (JsonNode?)new JsonObject()));

    private static readonly Gen<JsonObject> Document =
        from count in Gen.Choose(0, 6)
        from keys in Gen.Elements(Everything.Attributes.Select(attribute => attribute.Name).Append("inside").Append("unknown").ToArray()).ArrayOf(count)
        from values in Value.ArrayOf(count)
        from valid in Gen.Elements(true, false)
        select Make(keys, values, valid);

    [Fact]
    public void What_the_reader_takes_the_schema_takes() => Check(Document, document =>
        Findings(document).Count > 0 || SchemaReader.Takes(TypeSchema.For(Everything, null), document));

    [Fact]
    public void The_schema_and_the_reader_accept_the_same_documents_unless_values_have_units() => Check(Document, document =>
        HasTextWithUnit(document) || Findings(document).Count == 0 == SchemaReader.Takes(TypeSchema.For(Everything, null), document));

    [Fact]
    public void A_number_and_any_unit_of_its_dimension_are_taken_by_both() => Check(
        from attribute in Gen.Elements(TypeCatalog.BuiltIn.Types.SelectMany(type => type.Attributes).Where(one => one.Unit is not null).ToArray())
        from spelling in Gen.Elements(UnitTable.Spellings(attribute.Unit!.Dimension).ToArray())
        select (attribute, spelling),
        x =>
        {
            double value = Math.Max(x.attribute.Min ?? 1, 1);
            double written = UnitTable.Find(x.spelling, x.attribute.Unit!.Dimension)!.FromSi(x.attribute.Unit!.ToSi(value) * 1.0000001);
            bool isWhole = x.attribute.ValueKind == AttributeKind.WholeNumber;
            string number = (isWhole ? Math.Ceiling(written) : written).ToString("R", CultureInfo.InvariantCulture);
            var document = new JsonObject { [x.attribute.Name] = $"{number} {x.spelling}" };
            DatasetType type = TypeCatalog.BuiltIn.Types.First(one => one.Attributes.Contains(x.attribute));
            JsonNode property = TypeSchema.For(type, null)["properties"]![x.attribute.Name]!;
            MetadataReading reading = MetadataInterpreter.Read(type, JsonSerializer.SerializeToElement(document));
            return reading.Findings.All(finding => finding.Kind == FindingKind.Missing) && reading.Values.Count == 1
                && SchemaReader.Takes(property, document[x.attribute.Name]);
        });

    [Fact]
    public void A_schema_states_its_draft_its_address_and_the_required_attributes()
    {
        JsonObject schema = TypeSchema.For(TypeCatalog.BuiltIn.Find("mx/grid-scan")!, new Uri("https://hutch.example.org/api/v1/types/mx/grid-scan/schema"));

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)schema["$schema"]);
        Assert.Equal("https://hutch.example.org/api/v1/types/mx/grid-scan/schema", (string?)schema["$id"]);
        Assert.Equal("""["wavelength","grid"]""", schema["required"]!.ToJsonString());
        Assert.Equal("""["rows","columns"]""", schema["properties"]!["grid"]!["required"]!.ToJsonString());
    }

    private static void Check<T>(Gen<T> inputs, Func<T, bool> property) =>
        Prop.ForAll(inputs.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static IReadOnlyList<MetadataFinding> Findings(JsonObject document) =>
        MetadataInterpreter.Read(Everything, JsonSerializer.SerializeToElement(document)).Findings;

    private static JsonObject Make(string[] keys, JsonNode?[] values, bool valid)
    {
        var document = new JsonObject();
        if (valid)
        {
            document["size"] = 5;
            document["inside"] = new JsonObject { ["needed"] = "x" };
        }

        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].Split('.') is [string section, string key])
            {
                (document[section] as JsonObject)?[key] = values[i]?.DeepClone();
            }
            else
            {
                document[keys[i]] = values[i]?.DeepClone();
            }
        }

        // What was built of .NET values is compared as what was read.
        return JsonNode.Parse(document.ToJsonString())!.AsObject();
    }

    /// <summary>Where a number is text, or has a unit beside it, the schema cannot say its range; nor can it of an unknown calendar day.</summary>
    private static bool HasTextWithUnit(JsonNode? node) => node switch
    {
        JsonObject section => section.ContainsKey("value") || section.Any(pair => HasTextWithUnit(pair.Value)),
        JsonArray list => list.Any(HasTextWithUnit),
        JsonValue value => value.TryGetValue(out string? text) && Quantity.Parse(text) is not null,
        _ => false,
    };
}
