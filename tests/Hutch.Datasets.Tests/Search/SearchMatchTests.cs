using Hutch.Catalog.Search;
using Hutch.Datasets.Search;

namespace Hutch.Datasets.Tests.Search;

public sealed class SearchMatchTests
{
    private static readonly IndexedText Indexed = new("ada/insulin\nSome crystals\nmx\nsample\nhen egg lysozyme\n", "0frame 0écran");

    [Theory]
    [InlineData("lyso", false, "hen egg lysozyme")]
    [InlineData("sample", false, "sample")]
    [InlineData("éCr", true, "écran")]
    [InlineData("crystal lyso", false, "hen egg lysozyme")]
    public void A_match_is_the_line_that_no_list_shows(string words, bool isInFiles, string text) =>
        Assert.Equal(new SearchMatch(isInFiles, text), SearchMatch.Find(words.Split(' '), Indexed, mayList: true));

    [Theory]
    [InlineData("insulin")]
    [InlineData("stals")]
    [InlineData("zyme")]
    public void A_word_of_the_name_or_the_title_needs_no_explanation(string word) => Assert.Null(SearchMatch.Find([word], Indexed, mayList: true));

    [Fact]
    public void File_names_are_hidden_from_a_caller_that_may_not_list_files() => Assert.Null(SearchMatch.Find(["frame"], Indexed, mayList: false));

    [Fact]
    public void Parts_of_names_are_the_later_parts_of_their_words_and_not_shorter_than_three_letters()
    {
        Assert.Equal("rystal ystal stal tal 127", NameParts.Of("crystal-0127", null)[.."rystal ystal stal tal 127".Length]);
        Assert.Equal("", NameParts.Of("a-bc-def", ""));
        Assert.DoesNotContain(NameParts.Of(new string('a', 64), null).Split(' '), part => part.Length > 32);
    }
}
