using System.Text.Json;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Model.Tests.Analyses;

/// <summary>Conditions on rows: what matches, what is unknown, and what is no condition.</summary>
public sealed class RowConditionTests
{
    private static readonly ResultColumn[] Columns =
    [
        Column("n_spots_total", ValueKind.WholeNumber),
        Column("d_min", ValueKind.Number) with { Unknown = -1 },
        Column("word", ValueKind.Text),
        Column("is_dark", ValueKind.Boolean),
    ];

    [Theory]
    [InlineData("n_spots_total >= 15 and d_min < 2.5", true)]
    [InlineData("n_spots_total > 15", false)]
    [InlineData("n_spots_total>15 or d_min<=2.0", true)]
    [InlineData("not (n_spots_total = 15)", false)]
    [InlineData("n_spots_total != 14 and word = 'a or b' and not is_dark", true)]
    [InlineData("word != \"x\" and is_dark == false and frame < 8", true)]
    [InlineData("n_spots_total = 1 or n_spots_total = 2 and d_min > 0", false)]
    [InlineData("d_min = 2e0", true)]
    public void A_row_matches_if_its_values_do(string condition, bool matches) => Assert.Equal(
        matches, Matches(condition, """{"file-number":7,"n_spots_total":15,"d_min":2.0,"word":"a or b","is_dark":false}"""));

    [Theory]
    [InlineData("d_min < 2.5", false)]
    [InlineData("not d_min < 2.5", false)]
    [InlineData("d_min < 2.5 or n_spots_total = 15", true)]
    [InlineData("d_min < 2.5 and n_spots_total = 15", false)]
    public void An_unknown_value_is_neither_smaller_nor_larger(string condition, bool matches)
    {
        Assert.Equal(matches, Matches(condition, """{"file-number":7,"n_spots_total":15,"d_min":-1}"""));
        Assert.Equal(matches, Matches(condition, """{"file-number":7,"n_spots_total":15,"d_min":null}"""));
    }

    [Fact]
    public void A_column_can_be_named_by_the_title_that_lists_show_N5()
    {
        ResultColumn[] columns = [Column("n_spots_total", ValueKind.WholeNumber) with { Title = "Spots without ice" }];

        RowCondition condition = RowCondition.Parse("spots_without_ice >= 15 and Frame > 1", columns).Value;

        Assert.True(condition.Matches(JsonElement.Parse("""{"file-number":7,"n_spots_total":15}""")));
        Assert.False(condition.Matches(JsonElement.Parse("""{"file-number":7,"n_spots_total":14}""")));
    }

    [Fact]
    public void The_row_of_a_failed_frame_never_matches() =>
        Assert.False(Matches("frame > 0", """{"file-number":7,"error":"damaged"}"""));

    [Theory]
    [InlineData("", "at character 1: it ends where a comparison begins")]
    [InlineData("n_spots_total", "at character 14: an operator must follow 'n_spots_total'")]
    [InlineData("n_spots_total >= ", "at character 17: a value is missing at the end")]
    [InlineData("n_spots_total >= 1 d_min", "at character 20: 'd_min' is too much")]
    [InlineData("(n_spots_total >= 1", "at character 20: a closing parenthesis is missing")]
    [InlineData("spots >= 1", "at character 1: 'spots' is no column of this run, which has frame, n_spots_total, d_min, word, is_dark")]
    [InlineData("word >= 'a'", "only = and != compare texts")]
    [InlineData("word = 1", "at character 8: 'word' is a text, and cannot be compared with '1'")]
    [InlineData("d_min = nan", "'nan' is no number")]
    [InlineData("d_min ; 1", "an operator must follow 'd_min'")]
    public void An_invalid_condition_is_refused_with_the_position_of_the_fault(string condition, string reason) =>
        Assert.Contains(reason, RowCondition.Parse(condition, Columns).Error?.Message, StringComparison.Ordinal);

    [Fact]
    public void A_condition_has_bounds()
    {
        Assert.Contains("at most 1000", RowCondition.Parse(new string('x', 1001), null).Error?.Message, StringComparison.Ordinal);
        Assert.Contains(
            "inside each other", RowCondition.Parse(new string('(', 40) + "a = 1", null).Error?.Message, StringComparison.Ordinal);
        Assert.Contains(
            "more than 64 comparisons",
            RowCondition.Parse(string.Join(" or ", Enumerable.Repeat("a = 1", 65)), null).Error?.Message, StringComparison.Ordinal);
    }

    private static bool Matches(string condition, string row) =>
        RowCondition.Parse(condition, Columns).Value.Matches(JsonElement.Parse(row));

    private static ResultColumn Column(string name, ValueKind kind) =>
        new() { Name = name, Title = name, Kind = kind, Description = "" };
}
