using System.Text;
using System.Text.Json;
using Hutch.Types.Catalog;
using Hutch.Types.Mapping;
using Hutch.Types.Validation;
using Hutch.Types.Yaml;

namespace Hutch.Types.Tests.Mapping;

public sealed class MetadataMappingTests
{
    [Fact]
    public void The_file_of_the_facility_becomes_a_dataset_of_single_particles()
    {
        MappedMetadata mapped = Apply(MetadataMapping.Facility, Facility());

        Assert.Equal("cryoem/spa", mapped.Type);
        Assert.Equal("70S_RNAP", mapped.Title);
        Assert.Equal("08d9c8eb-6f63-408b-8743-84496f1de767", mapped.Identity);
        Assert.Equal("user@example.org", mapped.Owner);
        Assert.Equal(
            new Contact("Undisclosed User", "user@example.org", "CEITEC, Masaryk University, Kamenice 5, 62500 Brno, Czech Republic"),
            Assert.Single(mapped.Contacts));
        Assert.Equal(
            """
            {"Autoname":"20211227125_Demo","Sample":{"File":"","Id":"08d9c1f9-df4c-4058-86bd-15da1ec443be","Identifier":""},"sample":"70S_RNAP","keywords":["70S","ribosome","rnap","E.coli","transcription"],"instrument":"TitanKrios","facility":"CEMCOF,EM-Instruct-CZ,Brno"}
            """,
            mapped.Document.ToJsonString());
        Assert.Empty(mapped.Notes);
    }

    [Fact]
    public void Personal_metadata_are_separate_and_appear_nowhere_else()
    {
        MappedMetadata mapped = Apply(MetadataMapping.Facility, Facility());

        Assert.Equal(["User"], mapped.PersonalKeys);
        Assert.Equal("user@example.org", (string?)mapped.Personal["User"]!["Email"]);
        Assert.DoesNotContain("Undisclosed", mapped.Document.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", mapped.Document.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Undisclosed", mapped.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_file_says_fits_its_type()
    {
        MappedMetadata mapped = Apply(MetadataMapping.Facility, Facility());

        MetadataReading reading = MetadataInterpreter.Read(
            TypeCatalog.BuiltIn.Find(mapped.Type)!, JsonSerializer.SerializeToElement(mapped.Document));

        Assert.All(reading.Findings, finding => Assert.Equal(FindingKind.Missing, finding.Kind));
        Assert.Equal(["sample", "keywords", "instrument", "facility"], reading.Values.Select(value => value.Attribute.Name));
    }

    [Theory]
    [InlineData("User: {Name: Ann}")]
    [InlineData("user: {name: Ann}")]
    [InlineData("User: Ann")]
    [InlineData("USER:\n  Address: {Name: Ann}")]
    [InlineData("User: [{Name: Ann}, Ann]")]
    public void Personal_metadata_stay_out_of_the_document_in_every_spelling(string file)
    {
        MappedMetadata mapped = Apply(MetadataMapping.Facility, file);

        Assert.Equal("{}", mapped.Document.ToJsonString());
        Assert.Contains("Ann", mapped.Personal.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_reaches_into_lists_and_to_any_depth()
    {
        MetadataMapping mapping = Read("personal: ['**.Email']");

        MappedMetadata mapped = Apply(mapping, "Parts:\n  - {Email: a@example.org, Size: 1}\n  - {Email: b@example.org}\nDeep: {Er: {Email: c@example.org, X: 1}}");

        Assert.Equal("""{"Parts":[{"Size":1},null],"Deep":{"Er":{"X":1}}}""", mapped.Document.ToJsonString());
        Assert.Equal("""{"Parts":{"Email":["a@example.org","b@example.org"]},"Deep":{"Er":{"Email":"c@example.org"}}}""", mapped.Personal.ToJsonString());
    }

    [Fact]
    public void An_unmapped_type_is_reported_and_the_default_type_is_used()
    {
        MappedMetadata mapped = Apply(MetadataMapping.Facility, "Type: Holography");

        Assert.Equal("cryoem", mapped.Type);
        Assert.Equal("'Type' is 'Holography', for which no type is set; 'cryoem' is taken.", Assert.Single(mapped.Notes));
    }

    [Fact]
    public void A_sample_with_the_name_of_a_number_is_a_text() =>
        Assert.Equal("42", (string?)Apply(MetadataMapping.Facility, "Sample: {Name: 42}").Document["sample"]);

    [Fact]
    public void An_attribute_may_lead_into_a_section_and_a_number_keeps_its_unit()
    {
        MetadataMapping mapping = Read("type: {key: T, types: {grid: mx/grid-scan}}\nattributes: {grid.rows: Rows, energy: Beam.Energy}");

        MappedMetadata mapped = Apply(mapping, "T: GRID\nRows: 5\nBeam: {Energy: 12.4 keV}");

        Assert.Equal("mx/grid-scan", mapped.Type);
        Assert.Equal("""{"grid":{"rows":5},"energy":"12.4 keV"}""", mapped.Document.ToJsonString());
    }

    [Fact]
    public void A_key_of_the_file_that_a_mapped_attribute_replaces_is_reported()
    {
        MappedMetadata mapped = Apply(Read("attributes: {sample: Name}"), "sample: old\nName: new");

        Assert.Equal("""{"sample":"new"}""", mapped.Document.ToJsonString());
        Assert.Single(mapped.Notes);
    }

    [Theory]
    [InlineData("attributes: {sample: User.Name}", "line 1, column 13: the attribute 'sample' comes from 'User.Name', which is personal")]
    [InlineData("title: [User.Name]", "line 1, column 8: the title comes from 'User.Name', which is personal")]
    [InlineData("titel: [Name]", "line 1, column 1: 'titel' is no key of a mapping; did you mean 'title'?")]
    [InlineData("type: {key: T, types: {SPA: 5 5}}", "line 1, column 29: the name of a type is expected")]
    [InlineData("contacts: {name: N}", "line 1, column 11: 'contacts' must be a list")]
    [InlineData("attributes: {sample: [a]}", "line 1, column 22: 'sample' must name a key of the file")]
    public void An_invalid_mapping_is_reported_with_its_position(string text, string expected)
    {
        YamlMap section = YamlReader.Read(Encoding.UTF8.GetBytes(text), YamlLimits.Written).Value;

        Assert.Null(MetadataMappingReader.Read(section, out IReadOnlyList<DocumentProblem> problems));
        Assert.StartsWith(expected, Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    private static string Facility() => File.ReadAllText(Path.Combine(Repository(), "tests", "data", "facility", "SPA.yml"));

    private static MappedMetadata Apply(MetadataMapping mapping, string file)
    {
        return mapping.Apply(YamlReader.Read(Encoding.UTF8.GetBytes(file), YamlLimits.Written).Value, TypeCatalog.BuiltIn);
    }

    private static MetadataMapping Read(string text)
    {
        YamlMap section = YamlReader.Read(Encoding.UTF8.GetBytes(text), YamlLimits.Written).Value;
        MetadataMapping? mapping = MetadataMappingReader.Read(section, out IReadOnlyList<DocumentProblem> problems);
        Assert.Empty(problems);
        return mapping!;
    }

    private static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Hutch.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
