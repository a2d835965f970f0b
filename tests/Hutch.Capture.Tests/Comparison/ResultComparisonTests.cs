using System.Text.Json;
using Hutch.Capture.Comparison;
using Hutch.Contracts;

namespace Hutch.Capture.Tests.Comparison;

public sealed class ResultComparisonTests
{
    [Fact]
    public void Rows_with_the_same_values_are_equal_whatever_the_form_of_a_number()
    {
        ResultComparison found = Compare("file-number,n,d\n1,3,1.5000000\n2,4,", """{"n":3,"d":1.5}""", """{"n":4,"d":null}""");

        Assert.True(found.AreEqual);
        Assert.Equal(["n", "d"], found.Columns);
        Assert.Equal(2, found.Equal);
    }

    [Fact]
    public void Rows_without_a_column_in_common_are_not_equal()
    {
        ResultComparison found = Compare("file-number,spots\n1,3", """{"n":3}""");

        Assert.False(found.AreEqual);
        Assert.Empty(found.Columns);
        Assert.Equal(["spots"], found.OtherColumns);
    }

    [Fact]
    public void A_column_that_the_run_does_not_have_is_named_and_the_others_are_compared()
    {
        ResultComparison found = Compare("file-number,n,comment\n1,3,good", """{"n":3}""");

        Assert.True(found.AreEqual);
        Assert.Equal(["n"], found.Columns);
        Assert.Equal(["comment"], found.OtherColumns);
    }

    [Fact]
    public void A_value_that_one_row_lacks_is_a_difference()
    {
        ResultComparison found = Compare("file-number,n,d\n1,3,1.5\n2,4,2", """{"n":3,"d":1.5}""", """{"n":4}""");

        Assert.False(found.AreEqual);
        Assert.Equal(["2: d is 2, and missing here"], found.Different);
    }

    [Fact]
    public void Frames_that_only_one_of_them_has_are_named()
    {
        ResultComparison found = Compare("file-number,n\n1,3\n7,3", """{"n":3}""", """{"n":3}""");

        Assert.False(found.AreEqual);
        Assert.Equal([2, 7], found.Missing);
    }

    [Fact]
    public void A_frame_that_could_not_be_analysed_differs_by_its_error()
    {
        var failed = new ResultRow { FileNumber = 1, Error = "The frame is damaged." };

        ResultComparison found = ResultComparison.Compare(
            ResultComparison.Read(["file-number,n", "1,3", "2,3"]).Value,
            new Dictionary<long, ResultRow> { [1] = failed, [2] = Row(2, """{"n":3}""") });

        Assert.Equal(["1: The frame is damaged."], found.Different);
    }

    private static ResultComparison Compare(string others, params string[] rows) => ResultComparison.Compare(
        ResultComparison.Read(others.Split('\n')).Value,
        rows.Select((row, index) => Row(index + 1, row)).ToDictionary(row => row.FileNumber));

    private static ResultRow Row(long number, string values) => new()
    {
        FileNumber = number,
        Values = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(values),
    };
}
