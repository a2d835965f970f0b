using FsCheck;
using FsCheck.Fluent;
using Hutch.Doors;

namespace Hutch.Api.Tests.Formats;

/// <summary>Ranges as clients write them, and as nobody should.</summary>
public sealed class RangeHeaderTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("items=0-1")]
    [InlineData("bytes=-1-2")]
    public void Anything_but_one_range_is_ignored(string? header) =>
        Assert.Equal((RangeKind.None, 0L, 10L), RangeHeader.Parse(header, 10));

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-5", 0)]
    [InlineData("bytes=99999999999999999999-", 10)]
    public void A_range_outside_the_file_cannot_be_given(string header, long size) =>
        Assert.Equal(RangeKind.Unsatisfiable, RangeHeader.Parse(header, size).Kind);

    [Theory]
    [InlineData("bytes=4-99999999999999999999", 4)]
    [InlineData("bytes=-99999999999999999999", 0)]
    public void Digits_that_are_too_many_for_a_number_are_behind_every_file(string header, long offset) =>
        Assert.Equal((RangeKind.Range, offset, 10 - offset), RangeHeader.Parse(header, 10));

    [Fact]
    public void Whatever_is_sent_a_range_lies_inside_the_file() => Prop.ForAll(
        ArbMap.Default.ArbFor<(long, long, bool, bool)>(), ArbMap.Default.ArbFor<uint>(), ArbMap.Default.ArbFor<string>(), (numbers, size, noise) =>
        {
            (long first, long last, bool hasFirst, bool hasLast) = numbers;
            foreach (string header in (string[])[$"bytes={(hasFirst ? first : "")}-{(hasLast ? last : "")}", "bytes=" + noise, noise ?? ""])
            {
                (RangeKind kind, long offset, long length) = RangeHeader.Parse(header, size);
                Assert.True(kind != RangeKind.Range || (offset >= 0 && length > 0 && offset + length <= size), header);
            }
        }).QuickCheckThrowOnFailure();
}
