using Hutch.Model.Publications;
using Hutch.Publishing.Citations;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Tests.Citations;

public sealed class CitationTests
{
    [Fact]
    public void The_sentence_names_authors_year_title_version_publisher_and_identifier() => Assert.Equal(
        "Lovelace, A. A.; Müller and Sons (2026): Frames of lysozyme: 100 % {cold} & dry. Version 1. Institute of Tests. Dataset. "
        + "https://data.example.org/publications/11111111-2222-3333-4444-555555555555",
        Citation.Text(Sample.Work));

    [Theory]
    [InlineData("Jean-Luc", "Picard, J.-L.")]
    [InlineData("J. R. R.", "Picard, J. R. R.")]
    [InlineData("Émile", "Picard, É.")]
    [InlineData(null, "Picard")]
    public void Given_names_are_shortened_as_people_do(string? given, string expected) =>
        Assert.Equal(expected, AuthorName.WithInitials(new PublicationAuthor { Name = "Picard", Given = given }));

    [Fact]
    public void BibTeX_takes_signs_as_they_are_and_organisations_as_one()
    {
        string text = BibTex.Write(Sample.Work);

        Assert.StartsWith("@misc{lovelace2026-11111111,\n  author = {{Lovelace}, Ada Augusta and {Müller and Sons}},\n", text, StringComparison.Ordinal);
        Assert.Contains("  title = {{Frames of lysozyme: 100 \\% \\{cold\\} \\& dry}},\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void RIS_has_a_line_for_each_author_and_no_breaks_inside_of_lines()
    {
        string[] lines = Ris.Write(Sample.Work).Split("\r\n");

        Assert.Equal("TY  - DATA", lines[0]);
        Assert.Equal(["AU  - Lovelace, Ada Augusta", "AU  - Müller and Sons"], lines.Where(static line => line.StartsWith("AU", StringComparison.Ordinal)));
        Assert.All(lines[..^1], static line => Assert.Matches("^[A-Z0-9]{2}  - ", line));
        Assert.Equal("ER  - ", lines[^2]);
    }

    [Fact]
    public void CSL_has_the_parts_of_names_and_of_the_date() => Assert.Equal(
        """[{"family":"Lovelace","given":"Ada Augusta"},{"literal":"M\u00FCller and Sons"}] [[2026,11,23]]""",
        $"{CslJson.Write(Sample.Work)["author"]!.ToJsonString()} {CslJson.Write(Sample.Work)["issued"]!["date-parts"]!.ToJsonString()}");
}
