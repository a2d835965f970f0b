using Hutch.Types.Vocabularies;

namespace Hutch.Types.Tests.Vocabularies;

public sealed class VocabularyTests
{
    [Theory]
    [InlineData("macromolecular crystallography")]
    [InlineData("Macromolecular Crystallography ")]
    [InlineData("MX")]
    [InlineData("PaNET01164")]
    [InlineData("http://purl.org/pan-science/PaNET/PaNET01164")]
    public void A_term_is_found_by_label_alias_identifier_and_address(string text) =>
        Assert.Equal("PaNET01164", Vocabulary.PaNet.Find(text)?.Id);

    [Theory]
    [InlineData("")]
    [InlineData("macromolecular")]
    [InlineData("PaNET99999")]
    public void Other_texts_are_no_terms(string text) => Assert.Null(Vocabulary.PaNet.Find(text));

    [Fact]
    public void The_broader_terms_of_a_term_are_those_of_its_definition_and_theirs()
    {
        VocabularyTerm serial = Vocabulary.PaNet.Find("SFX")!;

        string[] broader = [.. Vocabulary.PaNet.WithBroader(serial).Select(static one => one.Label)];

        Assert.Equal("serial femtosecond crystallography", broader[0]);
        Assert.Superset(new HashSet<string> { "x-ray single crystal diffraction", "crystallography", "diffraction", "ultrafast probe" }, broader.ToHashSet());
        Assert.DoesNotContain("macromolecular crystallography", broader);
    }

    [Fact]
    public void All_terms_have_a_label_of_their_own_and_broader_terms_that_exist()
    {
        IReadOnlyList<VocabularyTerm> terms = Vocabulary.PaNet.Terms;

        Assert.Equal(380, terms.Count);
        Assert.Equal(terms.Count, terms.Select(static one => one.Label).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(terms, static one => Assert.True(Vocabulary.PaNet.WithBroader(one).Count >= 1));
    }
}
