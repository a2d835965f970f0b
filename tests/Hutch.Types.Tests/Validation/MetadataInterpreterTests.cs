using System.Text.Json;
using Hutch.Types.Catalog;
using Hutch.Types.Validation;

namespace Hutch.Types.Tests.Validation;

public sealed class MetadataInterpreterTests
{
    [Theory]
    [InlineData("""{"voltage": 300}""", 300_000, "300", "kV")]
    [InlineData("""{"voltage": "300 kV"}""", 300_000, "300", "kV")]
    [InlineData("""{"voltage": "300"}""", 300_000, "300", "kV")]
    [InlineData("""{"voltage": "300000 V"}""", 300_000, "300000", "V")]
    [InlineData("""{"voltage": {"value": 0.3, "unit": "MV"}}""", 300_000, "0.3", "MV")]
    [InlineData("""{"voltage": {"value": 300}}""", 300_000, "300", "kV")]
    [InlineData("""{"voltage": {"value": "300 kV", "unit": null}}""", 300_000, "300", "kV")]
    public void A_number_is_understood_however_its_unit_is_written(string document, double si, string text, string unit)
    {
        AttributeValue value = Read("cryoem/spa", document).Values.Single(one => one.Attribute.Name == "voltage");

        SingleValue single = Assert.Single(value.Items);
        Assert.Equal(si, single.Number!.Value, 1e-6);
        Assert.Equal((text, unit), (single.Text, single.Unit!.Symbol));
    }

    [Theory]
    [InlineData("""{"voltage": "high"}""", "voltage: is the text 'high'; a number from 0 to 3000 in kV, or another unit of a voltage is expected.")]
    [InlineData("""{"voltage": 5000}""", "voltage: is 5000 (in kV); a number from 0 to 3000 in kV, or another unit of a voltage is expected.")]
    [InlineData("""{"voltage": "5 MV"}""", "voltage: is the text '5 MV' (in MV); a number from 0 to 3000 in kV, or another unit of a voltage is expected.")]
    [InlineData("""{"voltage": "300 keV"}""", "voltage: is an energy (in keV); a number from 0 to 3000 in kV, or another unit of a voltage is expected.")]
    [InlineData("""{"voltage": "300 kv"}""", "voltage: has the unit 'kv', which is not known; a number from 0 to 3000 in kV, or another unit of a voltage is expected.")]
    [InlineData("""{"voltage": {"volts": 300}}""", "voltage: is a section without 'value'; a number from 0 to 3000 in kV, or another unit of a voltage is expected.")]
    [InlineData("""{"voltage": {"value": 300, "unit": 5}}""", "voltage: has a unit that is no text.")]
    [InlineData("""{"voltage": [300]}""", "voltage: is a list; a number from 0 to 3000 in kV, or another unit of a voltage is expected.")]
    [InlineData("""{"movies": 1.5}""", "movies: is 1.5; a whole number of at least 0 is expected.")]
    [InlineData("""{"magnification": "5 kV"}""", "magnification: is a voltage (in kV); a number of at least 0 is expected.")]
    [InlineData("""{"defocus": [1, "x"]}""", "defocus[1]: is the text 'x'; a list, each item a number in µm, or another unit of a length is expected.")]
    [InlineData("""{"sample": 5}""", "sample: is 5; a text is expected.")]
    [InlineData("""{"collected": "yesterday"}""", "collected: is the text 'yesterday'; a time such as 2026-11-20T10:30:00Z is expected.")]
    public void A_mismatch_is_reported_with_the_expected_value(string document, string expected) =>
        Assert.Contains(expected, Read("cryoem/spa", document).Findings.Select(finding => finding.ToString()));

    [Fact]
    public void Missing_required_attributes_are_reported()
    {
        MetadataReading reading = Read("mx/grid-scan", """{"wavelength": null, "grid": {"rows": 5}}""");

        Assert.Equal(["wavelength", "grid.columns"], reading.Findings.Select(finding => finding.Path));
        Assert.All(reading.Findings, finding => Assert.Equal(FindingKind.Missing, finding.Kind));
        Assert.Equal(5, reading.Values.Single(value => value.Attribute.Name == "grid.rows").Items[0].Number);
    }

    [Fact]
    public void Values_come_in_the_order_of_the_type_and_other_keys_after_them()
    {
        MetadataReading reading = Read("mx/rotation", """{"mine": 1, "oscillation": 0.1, "wavelength": 1, "sample": "S", "yours": {}}""");

        Assert.Equal(["sample", "wavelength", "oscillation"], reading.Values.Select(value => value.Attribute.Name));
        Assert.Equal(["mine", "yours"], reading.Others);
    }

    [Theory]
    [InlineData("""{"pixel_size": {"value": [75, 80], "unit": "µm"}}""")]
    [InlineData("""{"pixel_size": [75, 80]}""")]
    [InlineData("""{"pixel_size": ["75 µm", "0.08 mm"]}""")]
    public void A_list_is_understood_however_its_unit_is_written(string document)
    {
        AttributeValue value = Assert.Single(Read("image-stack", document).Values);

        Assert.Equal([75e-6, 80e-6], value.Items.Select(item => Math.Round(item.Number!.Value, 12)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("""{"voltage": {}, "defocus": {}, "sample": {}, "collected": [], "movies": true}""")]
    public void Any_document_is_read(string document) => Assert.Empty(Read("cryoem/spa", document).Values);

    [Fact]
    public void The_number_of_findings_is_limited() =>
        Assert.Equal(
            MetadataInterpreter.MaxFindings,
            Read("cryoem/spa", $$"""{"defocus": [{{string.Join(',', Enumerable.Repeat("true", 5000))}}]}""").Findings.Count);

    [Theory]
    [InlineData("2026-11-20", 1795132800, 1795219200)]
    [InlineData("2026-11", 1793491200, 1796083200)]
    [InlineData("2026", 1767225600, 1798761600)]
    [InlineData("2026-11-20T10:30:00Z", 1795170600, 1795170600)]
    [InlineData("2026-11-20T10:30:00+01:00", 1795167000, 1795167000)]
    [InlineData("2026-11-20T10:30:00+0100", 1795167000, 1795167000)]
    [InlineData("2026-11-20 10:30", 1795170600, 1795170600)]
    [InlineData("2026-11-20T10:30:00.250000000Z", 1795170600.25, 1795170600.25)]
    public void A_time_is_a_moment_and_a_date_a_whole_day(string text, double from, double to) => Assert.Equal((from, to), MomentText.Parse(text));

    [Theory]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30")]
    [InlineData("20.11.2026")]
    [InlineData("2026-11-20T25:00")]
    [InlineData("")]
    public void An_invalid_time_is_parsed_as_null(string text) => Assert.Null(MomentText.Parse(text));

    private static MetadataReading Read(string type, string document) =>
        MetadataInterpreter.Read(TypeCatalog.BuiltIn.Find(type)!, JsonSerializer.Deserialize<JsonElement>(document));
}
