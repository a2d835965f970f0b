using Hutch.Model.Search;

namespace Hutch.Model.Tests.Search;

public sealed class WordStemTests
{
    [Theory]
    [InlineData("crystals", "crystal")]
    [InlineData("crystal", "crystal")]
    [InlineData("scanning", "scan")]
    [InlineData("scattering", "scatter")]
    [InlineData("processed", "process")]
    [InlineData("analyses", "analys")]
    [InlineData("analysis", "analys")]
    [InlineData("impurities", "impurit")]
    [InlineData("images", "image")]
    public void Forms_of_a_word_share_their_beginning(string word, string stem) => Assert.Equal(stem, WordStem.Of(word));

    [Theory]
    [InlineData("gas")]
    [InlineData("mass")]
    [InlineData("glass")]
    [InlineData("string")]
    [InlineData("Paris")]
    [InlineData("scan7s")]
    [InlineData("Citroëns")]
    [InlineData("")]
    public void Short_words_names_and_codes_stay(string word) => Assert.Equal(word, WordStem.Of(word));
}
