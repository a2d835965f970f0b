using Hutch.Model;
using Hutch.Model.Publications;
using Hutch.Publishing.Checks;

namespace Hutch.Publishing.Tests.Checks;

public sealed class ChecklistTests
{
    [Fact]
    public void A_complete_description_lacks_nothing() => Assert.Empty(Checklist.Check(Sample.Description));

    [Fact]
    public void An_empty_description_lacks_what_a_citation_needs() => Assert.Equal(
        ["title", "authors", "abstract", "publisher", "license"],
        Checklist.Check(new PublicationDescription()).Where(static one => one.IsRequired).Select(static one => one.Field));

    [Theory]
    [InlineData("english", true)]
    [InlineData("en", false)]
    [InlineData("de-CH", false)]
    public void A_language_is_a_code(string language, bool isFound) => Assert.Equal(
        isFound, Checklist.Check(Sample.Description with { Language = language }).Any(static one => one.Field == "language"));

    [Fact]
    public void An_organisation_needs_no_ORCID_iD_and_has_none()
    {
        var organisation = new PublicationAuthor { Name = "The Collaboration", IsOrganisation = true };

        Assert.Empty(Checklist.Check(Sample.Description with { Authors = [organisation] }));
        Assert.Contains(
            Checklist.Check(Sample.Description with { Authors = [organisation with { Orcid = "0000-0002-1825-0097" }] }),
            static one => one is { Field: "authors[0]", IsRequired: true });
    }

    [Fact]
    public void Identifiers_are_kept_as_they_are_written_and_blanks_are_not()
    {
        PublicationDescription tidy = PublicationText.Tidy(Sample.Description with
        {
            Title = "  Frames\nof \u0001lysozyme ",
            Abstract = "First line\r\nsecond line",
            License = "cc0-1.0",
            Keywords = ["a", " a ", "", "b"],
            Authors = [new PublicationAuthor { Name = "Lovelace", Given = " ", Orcid = "https://orcid.org/0000000218250097" }],
            Related = [new RelatedWork { Identifier = "https://doi.org/10.1000/1", Relation = "cites" }],
        }).Value;

        Assert.Equal("Frames of lysozyme", tidy.Title);
        Assert.Equal("First line\nsecond line", tidy.Abstract);
        Assert.Equal("CC0-1.0", tidy.License);
        Assert.Equal(["a", "b"], tidy.Keywords);
        Assert.Equal(("0000-0002-1825-0097", null), (tidy.Authors[0].Orcid, tidy.Authors[0].Given));
        Assert.Equal(new RelatedWork { Identifier = "10.1000/1", Relation = "Cites" }, tidy.Related[0]);
    }

    [Fact]
    public void Publication_texts_beyond_the_length_limits_are_refused()
    {
        Assert.Equal(ErrorCode.TooLarge, PublicationText.Tidy(Sample.Description with { Title = new string('a', 1001) }).Error?.Code);
        Assert.Equal(
            ErrorCode.TooLarge,
            PublicationText.Tidy(Sample.Description with { Authors = [.. Enumerable.Repeat(Sample.Description.Authors[0], 501)] }).Error?.Code);
        Assert.Equal(ErrorCode.InvalidBody, PublicationText.Tidy(Sample.Description with { Keywords = [null!] }).Error?.Code);
    }
}
