using Hutch.Programs.Comparing;

namespace Hutch.Programs.Tests;

public sealed class NumericTextTests
{
    [Theory]
    [InlineData("a,1.0\n", "a,1.0000001\n")]
    [InlineData("a 1\n", "a    1.0000001\n")]
    [InlineData("x = 0\n", "x = 1e-9\n")]
    [InlineData("nan,inf\n", "NaN,Infinity\n")]
    [InlineData("", "")]
    [InlineData("1\r\n", "1\n")]
    public async Task Numbers_within_the_tolerance_are_the_same(string before, string after) =>
        Assert.Null((await CompareAsync(before, after)).Fault);

    [Theory]
    [InlineData("a,1\n", "a,1.1\n", "line 1: 1 became 1.1")]
    [InlineData("a\nb,1\n", "a\nc,1\n", "line 2: 'b' became 'c'")]
    [InlineData("a,1\n", "a;1\n", "line 1: the lines have different words")]
    [InlineData("1,2\n", "1\n", "line 1: the lines have different words")]
    [InlineData("1\n2\n", "1\n", "line 2: one text ends before it")]
    [InlineData("1\n", "NaN\n", "line 1: 1 became NaN")]
    [InlineData("a\0b", "a\0c", "line 1: it is not text")]
    public async Task Another_difference_is_named_with_its_line(string before, string after, string fault) =>
        Assert.Equal(fault, (await CompareAsync(before, after)).Fault);

    [Fact]
    public async Task The_largest_difference_is_measured_and_a_line_without_an_end_is_not_read_into_memory()
    {
        Assert.Equal(1e-7, (await CompareAsync("1\n2\n", "1.0000001\n2\n")).Largest, 1e-10);
        string endless = new('1', 3 << 20);
        Assert.Equal("line 1: it is not text", (await CompareAsync(endless, endless)).Fault);
        string many = string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"{i},x\n"));
        Assert.Null((await CompareAsync(many, many)).Fault);
    }

    private static async Task<NumericComparison> CompareAsync(string before, string after) => await NumericText.CompareAsync(
        new StringReader(before), new StringReader(after), 1e-6, 1e-8, TestContext.Current.CancellationToken);
}
