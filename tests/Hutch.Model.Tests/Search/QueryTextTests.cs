using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Search;

namespace Hutch.Model.Tests.Search;

public sealed class QueryTextTests
{
    private static readonly string[] Pieces =
        ["lysozyme", "type", ":", "energy", "<", ">=", "!=", "=", "12keV", "1", "Å", "\"", "\"", " ", " ", "  ", "\t", "é", "://", "(", "\0", "\ud800", "_.x"];

    private static readonly string[] Operators = ["=", "!=", "<", "<=", ">", ">="];

    private static readonly Gen<QueryPart> Words =
        from text in Gen.Elements("lysozyme", "100K", "scan-7", "é", "http://a/b", "12")
        select (QueryPart)new QueryTerms(text, false, 0);

    private static readonly Gen<QueryPart> Quoted =
        from text in Gen.Elements("energy > 12", "a b", "", "type:mx", "<", "5\" wafer", "\"", "\" \"")
        select (QueryPart)new QueryTerms(text, true, 0);

    private static readonly Gen<QueryPart> Conditions =
        from name in Gen.Elements("energy", "grid.rows", "Sample")
        from comparison in Gen.Elements(Operators)
        from value in Gen.Elements("12keV", "1", "2026-11", "-3.5e4")
        select (QueryPart)new QueryCondition(name, comparison, value, false, "", 0);

    private static readonly Gen<QueryPart> Colons =
        from name in Gen.Elements("type", "owner", "doi")
        from value in Gen.Elements("mx/rotation", "ada", "")
        select (QueryPart)new QueryCondition(name, ":", value, false, "", 0);

    [Theory]
    [InlineData("energy>12keV", "energy", ">", "12keV")]
    [InlineData("energy > 12keV", "energy", ">", "12keV")]
    [InlineData("energy >12keV", "energy", ">", "12keV")]
    [InlineData("energy> 12keV", "energy", ">", "12keV")]
    [InlineData("sample = \"hen lysozyme\"", "sample", "=", "hen lysozyme")]
    [InlineData("sample=\"hen lysozyme\"", "sample", "=", "hen lysozyme")]
    [InlineData("sample:\"hen lysozyme\"", "sample", ":", "hen lysozyme")]
    [InlineData("sample:\"5\"\" wafer\"", "sample", ":", "5\" wafer")]
    [InlineData("energy >", "energy", ">", "")]
    [InlineData("energy:", "energy", ":", "")]
    public void A_condition_may_have_blanks_around_its_operator(string text, string name, string comparison, string value)
    {
        QueryCondition condition = Assert.IsType<QueryCondition>(Assert.Single(QueryText.Parse(text).Value));

        Assert.Equal((name, comparison, value, text, 1), (condition.Name, condition.Operator, condition.Value, condition.Written, condition.Position));
    }

    [Theory]
    [InlineData("\"energy > 12\"", "energy > 12")]
    [InlineData("\"a 5\"\" wafer\"", "a 5\" wafer")]
    [InlineData("5\"", "5\"")]
    [InlineData("\"\"\"", "\"\"\"")]
    [InlineData("http://host:80/a", "http://host:80/a")]
    [InlineData("a->b", "a->b")]
    [InlineData("12:30", "12:30")]
    public void Words_stay_words(string text, string words) =>
        Assert.Equal(words, Assert.IsType<QueryTerms>(Assert.Single(QueryText.Parse(text).Value)).Text);

    [Theory]
    [InlineData("lysozyme 0.9 < wavelength", "14", "At character 14: '<' compares nothing")]
    [InlineData("<5", "1", "At character 1: '<5' compares nothing")]
    public void An_invalid_query_is_refused_with_the_position_of_the_fault(string text, string position, string words)
    {
        HutchError? refusal = QueryText.Parse(text).Error;

        Assert.Equal(position, refusal?.Details?["position"]);
        Assert.StartsWith(words, refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_has_a_bound_and_so_have_its_conditions()
    {
        Assert.Equal("The search has 1001 characters; at most 1000 are allowed.", QueryText.Parse(new string('a', 1001)).Error?.Message);
        Assert.Equal(
            "At character 65: a search has at most 16 types and conditions.",
            QueryText.Parse(string.Join(' ', Enumerable.Repeat("a=1", 17))).Error?.Message);
    }

    [Fact]
    public void Any_text_is_split_into_parts_that_stand_in_it_in_their_order_or_refused_at_a_place_in_it() => Prop.ForAll(
        (from count in Gen.Choose(0, 12) from pieces in Gen.Elements(Pieces).ArrayOf(count) select string.Concat(pieces)).ToArbitrary(),
        text =>
        {
            if (!QueryText.Parse(text).TryGet(out IReadOnlyList<QueryPart>? parts, out HutchError? refusal))
            {
                return int.Parse(refusal.Details!["position"], System.Globalization.CultureInfo.InvariantCulture) <= text.Length;
            }

            return parts.Zip(parts.Skip(1)).All(pair => pair.First.Position < pair.Second.Position)
                && parts.All(part => text[(part.Position - 1)..].StartsWith(Start(part), StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Parts_that_are_written_with_any_blanks_are_read_as_they_were_meant() => Prop.ForAll(
        (from count in Gen.Choose(1, 8)
         from parts in Gen.OneOf(Words, Quoted, Conditions, Colons).ArrayOf(count)
         from blanks in Gen.Elements("", " ", "  ").ArrayOf(count * 2)
         select (parts, blanks)).ToArbitrary(),
        drawn =>
        {
            string text = string.Join(' ', drawn.parts.Select((part, i) => Write(part, drawn.blanks[2 * i], drawn.blanks[(2 * i) + 1])));

            return drawn.parts.SequenceEqual(QueryText.Parse(text).Value.Select(Bare));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static string Start(QueryPart part) => part switch
    {
        QueryCondition condition => condition.Written,
        QueryTerms { IsQuoted: true } words => QueryText.Quote(words.Text),
        _ => ((QueryTerms)part).Text,
    };

    private static string Write(QueryPart part, string before, string after) => part switch
    {
        QueryCondition { Operator: ":" } condition => $"{condition.Name}:{condition.Value}",
        QueryCondition condition => condition.Name + before + condition.Operator + after + condition.Value,
        QueryTerms { IsQuoted: true } words => QueryText.Quote(words.Text),
        _ => ((QueryTerms)part).Text,
    };

    private static QueryPart Bare(QueryPart part) =>
        part is QueryCondition condition ? condition with { Written = "", Position = 0 } : part with { Position = 0 };
}
