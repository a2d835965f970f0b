using Hutch.Catalog.Search;
using Hutch.Datasets.Search;

namespace Hutch.Datasets.Tests.Search;

public sealed class SearchFactsTests
{
    /// <summary>Two of a dataset that differ in such a half only would be two facts of one value, which the index does not take.</summary>
    [Fact]
    public void A_text_that_is_too_long_is_not_cut_within_a_character()
    {
        string begin = new('a', 199);
        var sample = new SearchField("sample", "");

        SearchFact[] facts = [SearchFacts.OfText(sample, begin + "\U0001F600"), SearchFacts.OfText(sample, begin + "\U0001D49C")];

        Assert.All(facts, fact => Assert.Equal(begin, fact.Text));
        Assert.Equal(begin + "b", SearchFacts.TextOf(begin + "bc"));
    }
}
