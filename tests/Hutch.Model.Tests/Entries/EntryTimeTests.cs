namespace Hutch.Model.Tests.Entries;

public sealed class EntryTimeTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(-1, -1)]
    public void The_start_of_1970_is_a_known_time(long given, long held) => Assert.Equal(held, EntryTime.Known(given));

    [Theory]
    [InlineData(1_000_000_000, 1)]
    [InlineData(999_999_999, 0)]
    [InlineData(-1, -1)]
    [InlineData(-1_000_000_000, -1)]
    [InlineData(-1_000_000_001, -2)]
    [InlineData(long.MinValue, -9_223_372_037)]
    [InlineData(long.MaxValue, 9_223_372_036)]
    public void Seconds_are_rounded_down(long nanoseconds, long seconds) => Assert.Equal(seconds, EntryTime.Seconds(nanoseconds));

    [Theory]
    [InlineData(-86_400, -86_400_000_000_000)]
    [InlineData(0, 1)]
    [InlineData(9_223_372_036, 9_223_372_036_000_000_000)]
    [InlineData(9_223_372_037, 9_223_372_036_000_000_000)]
    [InlineData(long.MaxValue, 9_223_372_036_000_000_000)]
    [InlineData(long.MinValue, -9_223_372_036_000_000_000)]
    public void Seconds_beyond_what_an_entry_can_hold_become_the_nearest_time(long seconds, long nanoseconds) =>
        Assert.Equal(nanoseconds, EntryTime.FromSeconds(seconds));
}
