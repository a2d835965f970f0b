using FsCheck;
using FsCheck.Fluent;
using Hutch.Catalog.Search;
using Hutch.Datasets.Search;
using Hutch.Model;
using Hutch.Types.Catalog;

namespace Hutch.Datasets.Tests.Search;

public sealed class SearchQueryTests
{
    private static readonly string[] Pieces =
        ["lysozyme", "type:", "mx/rotation", "energy", "wavelength", ">", "<=", "!=", "=", "12keV", "1.0A", "\"", " ", " ", "sample", "collected", "2026", "é", "(", "*", "\0"];

    [Theory]
    [InlineData("lysozyme 100K", "lysozyme 100K ")]
    [InlineData("\"energy>12keV\" x", "energy>12keV x ")]
    [InlineData("12\" pipe", "12\" pipe ")]
    [InlineData("http://host:80/a doi:10.5281/zenodo.1", "http://host:80/a 10.5281/zenodo.1 ")]
    [InlineData("wavelength < 1 Å lysozyme", "lysozyme ")]
    [InlineData("wavelength < 1 lysozyme", "lysozyme ")]
    [InlineData("images > 100 \"eV\"", "eV ")]
    public void Words_stay_words(string text, string words) => Assert.Equal(words, Parse(text).Text);

    [Fact]
    public void A_query_is_split_into_types_comparisons_and_words()
    {
        SearchQuery query = Parse("type:mx/rotation lyso wavelength<1.0A");

        Assert.Equal(["mx/rotation"], query.Types);
        Assert.Equal("lyso ", query.Text);
        FactCondition condition = Assert.Single(query.Conditions);
        Assert.Equal(new SearchField("wavelength", "m"), condition.Field);
        Assert.Equal(1e-10, condition.Greatest, 1e-18);
        Assert.True(condition.Greatest < 1e-10);
    }

    [Theory]
    [InlineData("energy=12.4keV", "energy=12400eV")]
    [InlineData("wavelength>=0.1nm", "wavelength>=1")]
    [InlineData("voltage=\"300 kV\"", "voltage=300")]
    [InlineData("voltage = 300 kV", "voltage=300")]
    [InlineData("type:mx energy:12keV", "type=mx energy = 12000 eV")]
    [InlineData("SAMPLE:thaumatin", "sample=Thaumatin")]
    public void The_same_value_in_another_unit_is_the_same_condition(string one, string other)
    {
        FactCondition a = Assert.Single(Parse(one).Conditions);
        FactCondition b = Assert.Single(Parse(other).Conditions);

        Assert.Equal((a.Field, a.IsNot), (b.Field, b.IsNot));
        Assert.True(a.Least == b.Least || Math.Abs(a.Least - b.Least) <= Math.Abs(a.Least) * 1e-12);
        Assert.True(a.Greatest == b.Greatest || Math.Abs(a.Greatest - b.Greatest) <= Math.Abs(a.Greatest) * 1e-12);
    }

    [Fact]
    public void A_text_is_compared_as_a_whole_and_a_date_is_a_whole_day()
    {
        Assert.Equal(new FactCondition(new SearchField("sample", ""), "hen lysozyme"), Assert.Single(Parse("sample=\"Hen Lysozyme\"").Conditions));
        FactCondition day = Assert.Single(Parse("collected=2026-11-20").Conditions);
        Assert.Equal(1795132800, day.Least);
        Assert.True(day.Greatest is > 1795219199 and < 1795219200);
    }

    [Theory]
    [InlineData("wavelenth<1", "At character 1: no type has an attribute 'wavelenth'; did you mean 'wavelength'? Put the word in double quotes to search for it as text.")]
    [InlineData("type:cryoem wavelength<1", "At character 13: the type cryoem has no attribute 'wavelength'")]
    [InlineData("energy>12kV", "At character 1: 'kV' is a unit of a voltage; 'energy' takes J, eV, keV, MeV, GeV.")]
    [InlineData("energy>12parsec", "At character 1: 'parsec' is not a unit that is known; 'energy' takes J, eV")]
    [InlineData("energy>", "At character 1: 'energy>' lacks a value: a number of at least 0 in")]
    [InlineData("energy>high", "At character 1: 'energy' is compared with 'high'; a number of at least 0 in")]
    [InlineData("energy>12", "At character 1: Types write 'energy' in different units (eV, keV): say the unit, such as energy>12eV.")]
    [InlineData("sample<5", "At character 1: '<' compares numbers and times, and 'sample' is none: use = or !=.")]
    [InlineData("collected>yesterday", "At character 1: 'collected' is compared with 'yesterday'; a time such as")]
    [InlineData("lyso energy > 12 kV", "At character 6: 'kV' is a unit of a voltage; 'energy' takes J, eV, keV, MeV, GeV.")]
    [InlineData("sampel:x", "At character 1: no type has an attribute 'sampel'; did you mean 'sample'?")]
    [InlineData("state:trash", "At character 1: 'state' is compared with 'trash'; one of open, closed is expected.")]
    [InlineData("type!=mx", "At character 1: a type is asked for as type:NAME, which finds what inherits from it too.")]
    [InlineData("owner:", "At character 1: 'owner:' lacks a value: a text is expected.")]
    [InlineData("created>soon", "At character 1: 'created' is compared with 'soon'; a time such as")]
    [InlineData("a b c d e f g h i j k l m n o p q", "A search has at most 16 words, and this one has 17.")]
    [InlineData("type:", "At character 1: 'type:' is followed by '', which is no name of a type")]
    [InlineData("type:a type:b type:c type:d type:e type:f type:g type:h type:i type:j type:k type:l type:m type:n type:o type:p type:q", "At character 113: a search has at most 16")]
    public void An_invalid_query_is_refused_with_its_position_and_the_reason(string text, string expected)
    {
        Result<SearchQuery> query = SearchQuery.Parse(text, TypeCatalog.BuiltIn);

        Assert.Equal(ErrorCode.BadRequest, query.Error?.Code);
        Assert.StartsWith(expected, query.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type:mx/rotaton", "There is no type 'mx/rotaton'; did you mean 'mx/rotation'? `hutch type list` lists them.")]
    [InlineData("foo:bar", "There is no attribute 'foo', so that 'foo:bar' was searched for as text.")]
    [InlineData("\"foo:bar\" type:mx lyso", null)]
    [InlineData("\"", "The search has no letters and digits to look for.")]
    [InlineData("", null)]
    public void A_name_without_a_meaning_is_noted(string text, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], Parse(text).Notes);

    [Fact]
    public void What_every_dataset_has_is_asked_for_under_names_that_no_attribute_has()
    {
        Assert.Equal(new FactCondition(SearchField.Owner, "ada"), Assert.Single(Parse("owner:Ada").Conditions));
        Assert.Equal(new FactCondition(SearchField.State, "open", IsNot: true), Assert.Single(Parse("state != open").Conditions));
        Assert.Equal(SearchField.Created, Assert.Single(Parse("created>=2026").Conditions).Field);
    }

    [Fact]
    public void Any_text_is_understood_or_refused_without_an_exception() => Prop.ForAll(
        (from count in Gen.Choose(0, 12) from pieces in Gen.Elements(Pieces).ArrayOf(count) select string.Concat(pieces)).ToArbitrary(),
        text => SearchQuery.Parse(text, TypeCatalog.BuiltIn) is { IsOk: true } or { Error.Message.Length: > 0 })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private static SearchQuery Parse(string text) => SearchQuery.Parse(text, TypeCatalog.BuiltIn).Value;
}
