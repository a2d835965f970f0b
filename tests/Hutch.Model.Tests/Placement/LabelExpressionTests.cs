using Hutch.Model.Placement;
using Hutch.Model.Sites;

namespace Hutch.Model.Tests.Placement;

/// <summary>Expressions over the labels of sites: what they mean, how they are written, and what is said of wrong ones.</summary>
public sealed class LabelExpressionTests
{
    [Theory]
    [InlineData("tier=archive", true)]
    [InlineData("tier=Archive", false)]
    [InlineData("tier!=disk", true)]
    [InlineData("tier!=archive", false)]
    [InlineData("country in (SE, DE)", true)]
    [InlineData("country in (SE, CZ)", false)]
    [InlineData("rank<10", true)]
    [InlineData("rank<9", false)]
    [InlineData("rank>-2.5", true)]
    [InlineData("tier<10", false)]
    [InlineData("!tier=archive", false)]
    [InlineData("!!tier=archive", true)]
    [InlineData("tier=disk & tier=disk | country=DE", true)]
    [InlineData("tier=disk & (tier=disk | country=DE)", false)]
    public void An_expression_compares_and_combines_labels(string text, bool matches) =>
        Assert.Equal(matches, LabelExpression.Parse(text).Value.Matches(SiteLabels.Read("country=DE rank=9 tier=archive")));

    [Theory]
    [InlineData("country=US", false)]
    [InlineData("country!=US", false)]
    [InlineData("country in (US, CA)", false)]
    [InlineData("rank<5", false)]
    [InlineData("!country=US", true)]
    public void A_label_that_a_site_does_not_have_fails_every_test(string text, bool matches) =>
        Assert.Equal(matches, LabelExpression.Parse(text).Value.Matches(SiteLabels.Empty));

    [Theory]
    [InlineData("  tier=archive&country in(SE,DE , SE)", "tier=archive & country in (DE, SE)")]
    [InlineData("country in (DE)", "country=DE")]
    [InlineData("((tier = archive))", "tier=archive")]
    [InlineData("!(!(tier!=disk))", "tier!=disk")]
    [InlineData("!( tier = disk )", "!tier=disk")]
    [InlineData("(a=1 & (b=2 & c=3)) | (d=4)", "a=1 & b=2 & c=3 | d=4")]
    [InlineData("(a=1 | b=2) & !(c=3 | in=4)", "(a=1 | b=2) & !(c=3 | in=4)")]
    [InlineData("rank < -2.50\n&  rank>3", "rank<-2.50 & rank>3")]
    public void An_expression_is_always_written_in_the_same_way(string text, string canonical)
    {
        LabelExpression expression = LabelExpression.Parse(text).Value;

        Assert.Equal(canonical, expression.ToString());
        Assert.Equal(expression, LabelExpression.Parse(canonical).Value);
    }

    [Theory]
    [InlineData("", 1, "The expression cannot be read at its end: expected a label, '!' or '('.")]
    [InlineData("tier", 5, "The expression cannot be read at its end: expected =, !=, <, > or in after the label tier.")]
    [InlineData("tier=archive & & x=1", 16, "at character 16, '& x=1': expected a label, '!' or '('.")]
    [InlineData("tier==archive", 6, "at character 6, '=archive': expected a value of 1 to 64 letters, digits, '.', '_', '-' and '/'.")]
    [InlineData("tier=archive and x=1", 14, "at character 14, 'and x=1': expected '&', '|' or the end; 'and' is written '&'.")]
    [InlineData("tier=archive)", 13, "at character 13, ')': expected '&', '|' or the end.")]
    [InlineData("a=1 & (b=2 | c=3", 17, "at its end: expected '&', '|' or the ')' for the '(' at character 7.")]
    [InlineData("Tier=archive", 1, "'Tier' is not a name of a label, which has lower-case letters, digits and dashes.")]
    [InlineData("country in DE", 12, "at character 12, 'DE': expected '(' and the values after in, as in: country in (DE, SE).")]
    [InlineData("country in (DE SE)", 16, "at character 16, 'SE)': expected ',' or ')'.")]
    [InlineData("country in ()", 13, "at character 13, ')': expected a value")]
    [InlineData("rank < many", 8, "at character 8, 'many': < and > compare numbers only.")]
    [InlineData("tier=$(reboot) and a very long tail", 6, "at character 6, '$(reboot) and a very…': expected a value")]
    public void A_wrong_expression_is_refused_with_the_place(string text, int position, string message)
    {
        HutchError error = LabelExpression.Parse(text).Error!;

        Assert.Equal(ErrorCode.BadRequest, error.Code);
        Assert.Equal(position.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Details!["position"]);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parentheses_can_be_sixteen_deep_and_not_more()
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat("!(a=1 & ", depth)) + "b=2" + new string(')', depth);

        Assert.Equal(Nested(16), LabelExpression.Parse(Nested(16)).Value.ToString());
        HutchError error = LabelExpression.Parse(Nested(17)).Error!;
        Assert.Equal("130", error.Details!["position"]);
        Assert.Contains("at most 16 parentheses can be inside each other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adjacent_groups_do_not_count_as_nested()
    {
        string text = string.Join(" & ", Enumerable.Repeat("(a=1 | b=2)", 40));

        Assert.Equal(text, LabelExpression.Parse(text).Value.ToString());
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused_also_when_only_its_canonical_form_is()
    {
        string plain = string.Join('|', Enumerable.Repeat("a=1", 170));

        Assert.Equal(679, plain.Length);
        Assert.Contains("has 1017 characters; at most 1000", LabelExpression.Parse(plain).Error!.Message, StringComparison.Ordinal);
        Assert.Contains(
            "has 1001 characters; at most 1000", LabelExpression.Parse(new string(' ', 1001)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_is_at_most_as_long_as_that_of_a_label()
    {
        Assert.True(LabelExpression.Parse("a=" + new string('x', 64)).IsOk);
        Assert.Equal("3", LabelExpression.Parse("a=" + new string('x', 65)).Error!.Details!["position"]);
    }

    [Fact]
    public void No_site_can_have_a_label_that_means_its_name() => Assert.Equal(
        ErrorCode.InvalidName, SiteLabels.Check([KeyValuePair.Create("site", "archive")]).Error?.Code);
}
