using Hutch.Agent.Retention;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Tests.Retention;

public sealed class RetentionClockTests
{
    private static readonly RetentionState NoState = new();

    [Fact]
    public void The_time_begins_when_acquisition_ends()
    {
        Assert.Equal(
            new RetentionReading { IsAcquiring = true, IsLimited = true },
            RetentionClock.Read(Rules.From("60d"), RemovalRequest.None, NoState, null, Rules.Ended.AddYears(9)));
        Assert.Equal(
            new RetentionReading { IsAcquiring = true },
            RetentionClock.Read(Rules.From(keep: null), RemovalRequest.None, NoState, null, Rules.Ended.AddYears(9)));
        Assert.Equal(Rules.Ended.AddDays(60), Read(Rules.From("60d")).End);
        Assert.Null(Read(Rules.From(keep: null)).End);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    [InlineData(-4000, false)]
    public void It_is_over_at_its_end(int day, bool isOver)
    {
        RetentionReading reading = Read(Rules.From("60d"), day: day);

        Assert.Equal((isOver, isOver), (reading.IsOver, reading.MustTellEnd));
    }

    [Fact]
    public void The_end_is_reported_once_and_again_when_it_changes()
    {
        var told = new RetentionState { EndTold = Rules.Ended.AddDays(60) };

        Assert.False(Read(Rules.From("60d"), state: told, day: 61).MustTellEnd);
        Assert.True(Read(Rules.From("61d"), state: told, day: 61).MustTellEnd);
    }

    [Theory]
    [InlineData(29, null)] // 31 days before the end
    [InlineData(30, "30d")]
    [InlineData(52, "30d")]
    [InlineData(53, "7d")]
    [InlineData(59, "1d")]
    [InlineData(60, null)] // over
    public void Of_the_reminders_the_latest_is_due(int day, string? before) =>
        Assert.Equal(before, Read(Rules.From("60d"), day: day).Reminder?.Before.ToString());

    [Fact]
    public void A_reminder_whose_time_was_before_the_end_of_the_acquisition_is_not_sent()
    {
        Assert.Null(Read(Rules.From("5d"), day: 1).Reminder);
        Assert.Equal("1d", Read(Rules.From("5d"), day: 4).Reminder?.Before.ToString());
    }

    [Fact]
    public void A_longer_time_has_reminders_of_its_own()
    {
        RetentionReading first = Read(Rules.From("60d"), day: 53);
        RetentionState sent = NoState with { Reminded = new SentReminder(first.End!.Value, first.Reminder!.Due) };

        Assert.Null(Read(Rules.From("60d"), state: sent, day: 58).Reminder);
        Assert.Equal("30d", Read(Rules.From("60d"), state: sent with { KeepUntil = Rules.Ended.AddDays(75) }, day: 58).Reminder?.Before.ToString());
    }

    [Theory]
    [InlineData("60d", "RemovingTime: never", false, null)]
    [InlineData("60d", "RemovingTime: never", true, null)]
    [InlineData("60d", "10d", true, 10)]
    [InlineData("60d", "now", true, 0)]
    [InlineData("60d", "90d", true, 90)]
    [InlineData(null, "10d", true, 10)]
    [InlineData("60d", "10d", false, 60)] // what fs2od left behind ends nothing early
    [InlineData("60d", "90d", false, 90)]
    [InlineData(null, "10d", false, null)]
    [InlineData("60d", "", true, 60)]
    public void An_operator_ends_the_time_early_with_primary_and_makes_it_longer_without(string? keep, string text, bool asks, int? days)
    {
        string time = text.Replace("RemovingTime: ", "", StringComparison.Ordinal);
        var removal = new RemovalRequest(asks, time.Length == 0 ? null : RemovingTime.Parse(time).Value);

        Assert.Equal(days is int count ? Rules.Ended.AddDays(count) : null, Read(Rules.From(keep), removal).End);
    }

    [Fact]
    public void Unreadable_or_ignored_removal_requests_are_reported_and_remove_nothing()
    {
        RetentionReading unreadable = Read(Rules.From("60d"), new RemovalRequest(true, null, "'RemovingTime': 'soon' is not a time."), day: 90);
        RetentionReading noTime = Read(Rules.From(null), new RemovalRequest(true, null), day: 90);
        RetentionReading early = Read(Rules.From("60d"), new RemovalRequest(false, RemovingTime.Parse("10d").Value), day: 30);

        Assert.Equal((null, "'RemovingTime': 'soon' is not a time."), (unreadable.End, unreadable.Problem));
        Assert.Equal(
            (null, "'DeniedProviders' asks for removal, but nothing says when: add 'RemovingTime', such as 60d."), (noTime.End, noTime.Problem));
        Assert.Equal(
            (Rules.Ended.AddDays(60), "'RemovingTime' is earlier than the folder's rule says, and is ignored unless 'DeniedProviders' is [primary]."),
            (early.End, early.Problem));
    }

    [Fact]
    public void What_has_left_has_no_end_any_more() =>
        Assert.Equal(new RetentionReading(), Read(Rules.From("60d"), new RemovalRequest(true, new RemovingTime(RemovingKind.Removed)), day: 90));

    [Theory]
    [InlineData(null, 90, 90)]
    [InlineData("100d", 90, 90)]
    [InlineData("80d", 90, 80)] // the rule has been made stricter since
    [InlineData(null, 30, 60)] // an owner ends nothing early
    [InlineData(null, null, null)] // for ever
    [InlineData("80d", null, 80)]
    public void An_owner_makes_the_time_longer_within_the_limit_of_the_rule(string? maxKeep, int? until, int? days)
    {
        var state = new RetentionState { KeepForever = until is null, KeepUntil = until is int day ? Rules.Ended.AddDays(day) : null };

        Assert.Equal(days is int count ? Rules.Ended.AddDays(count) : null, Read(Rules.From("60d", maxKeep), state: state).End);
    }

    [Fact]
    public void Whom_an_owner_keeps_an_operator_does_not_send_away_early() => Assert.Equal(
        Rules.Ended.AddDays(90),
        Read(Rules.From("60d"), new RemovalRequest(true, new RemovingTime(RemovingKind.Now)), new RetentionState { KeepUntil = Rules.Ended.AddDays(90) }).End);

    [Fact]
    public void Times_at_the_end_of_the_calendar_do_no_harm()
    {
        Assert.Equal(DateTimeOffset.MaxValue, Read(Rules.From("500y"), ended: DateTimeOffset.MaxValue.AddDays(-1)).End);
        Assert.Null(Read(Rules.From("60d"), ended: DateTimeOffset.MinValue, day: -730000).Reminder);
        var year1 = new RemovalRequest(true, RemovingTime.Parse("0001-01-01").Value);
        Assert.True(Read(Rules.From("60d"), year1).IsOver);
    }

    [Fact]
    public void The_state_is_a_document_that_later_versions_read_too()
    {
        var state = new RetentionState
        {
            KeepUntil = Rules.Ended,
            KeptBy = "ada",
            Reminded = new SentReminder(Rules.Ended.AddDays(60), Rules.Ended.AddDays(53)),
            EndTold = Rules.Ended,
        };

        Assert.Equal(
            """{"keepUntil":"2026-11-20T08:00:00+00:00","keptBy":"ada","reminded":{"end":"2027-01-19T08:00:00+00:00","due":"2027-01-12T08:00:00+00:00"},"endTold":"2026-11-20T08:00:00+00:00"}""",
            state.ToString());
        Assert.Equal(state, RetentionState.Parse(state.ToString()).Value);
        Assert.Equal(NoState, RetentionState.Parse("{}").Value);
        Assert.Equal("{\"keepForever\":true}", new RetentionState { KeepForever = true }.ToString());
        Assert.Contains("'retention' cannot be read", RetentionState.Parse("{").Error!.Message, StringComparison.Ordinal);
    }

    private static RetentionReading Read(
        FolderRule rule, RemovalRequest? removal = null, RetentionState? state = null, DateTimeOffset? ended = null, int day = 0) =>
        RetentionClock.Read(rule, removal ?? RemovalRequest.None, state ?? NoState, ended ?? Rules.Ended, Rules.Ended.AddDays(day));
}
