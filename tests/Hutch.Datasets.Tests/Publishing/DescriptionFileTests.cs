using System.Text;
using System.Text.Json;
using Hutch.Datasets.Publishing;
using Hutch.Model;
using Hutch.Model.Publications;

namespace Hutch.Datasets.Tests.Publishing;

public sealed class DescriptionFileTests
{
    [Fact]
    public void Yaml_and_json_give_the_same_description()
    {
        const string Yaml = """
            title: Frames of lysozyme at 100 K
            authors:
              - {name: Lovelace, given: Ada, orcid: 0000-0002-1825-0097}
              - name: ESRF
                isOrganisation: true
            keywords: [2026, lysozyme]
            funding: [{funder: Example Fund, award: 0042}]
            abstract: |
              Two
              lines.
            language:
            """;
        const string Json = """
            {"title": "Frames of lysozyme at 100 K", "abstract": "Two\nlines.\n", "keywords": ["2026", "lysozyme"],
             "authors": [{"name": "Lovelace", "given": "Ada", "orcid": "0000-0002-1825-0097"}, {"name": "ESRF", "isOrganisation": true}],
             "funding": [{"funder": "Example Fund", "award": "0042"}]}
            """;

        Result<PublicationDescription> read = Read(Yaml);

        Assert.Equal(
            Text(JsonSerializer.Deserialize(Json, DescriptionJson.Default.PublicationDescription)!),
            Text(read.Value));
        Assert.Equal(Text(read.Value), Text(Read(Json).Value));
    }

    [Theory]
    [InlineData("title: a\ntitel: b\n", "line 2, column 8: 'titel' is no field")]
    [InlineData("title: a\nauthors:\n  - name: b\n    orcd: c\n", "line 4, column 11: 'authors[0].orcd' is no field")]
    [InlineData("title: [a, b]\n", "line 1, column 8: 'title' is no field")]
    [InlineData("authors:\n  - isOrganisation: perhaps\n", "line 2, column 21: 'authors[0].isOrganisation' is no field")]
    [InlineData("title: a\ntitle: b\n", "line 2")]
    [InlineData("title: 'a\n", "line ")]
    [InlineData("", "the file is empty")]
    public void A_mistake_is_named_with_its_line_and_field(string yaml, string problem)
    {
        Result<PublicationDescription> read = Read(yaml);

        Assert.False(read.IsOk);
        Assert.Contains(problem, read.Error.Message.Replace('"', '\''), StringComparison.Ordinal);
    }

    private static Result<PublicationDescription> Read(string yaml) => DescriptionFile.Read(Encoding.UTF8.GetBytes(yaml));

    private static string Text(PublicationDescription description) =>
        JsonSerializer.Serialize(description, DescriptionJson.Default.PublicationDescription);
}
