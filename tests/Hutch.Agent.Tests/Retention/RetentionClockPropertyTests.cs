using FsCheck;
using FsCheck.Fluent;
using Hutch.Agent.Retention;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Tests.Retention;

/// <summary>What holds of the clock whatever the rule, the wishes, and the way of the server's own clock.</summary>
public sealed class RetentionClockPropertyTests
{
    private static readonly Gen<string> Span = Gen.Choose(1, 60).Select(days => $"{days}d");

    private static readonly Gen<FolderRule> Rule =
        from keep in Gen.OneOf(Gen.Constant<string?>(null), Span.Select(text => (string?)text))
        from more in Gen.Choose(0, 60)
        from hasLimit in Gen.Elements(true, false)
        from count in Gen.Choose(1, 6)
        from remind in Span.ArrayOf(count)
        select Rules.From(keep, hasLimit ? $"{(keep is null ? 0 : int.Parse(keep[..^1])) + more + 1}d" : null, remind: remind);

    private static readonly Gen<DateTimeOffset> Moment = Gen.Choose(-100, 200).Select(day => Rules.Ended.AddDays(day));

    private static readonly Gen<RemovalRequest> Removal =
        from asks in Gen.Elements(true, false)
        from removing in Gen.OneOf(
            Gen.Constant<RemovingTime?>(null),
            Gen.Elements<RemovingTime?>(new RemovingTime(RemovingKind.Never), new RemovingTime(RemovingKind.Now)),
            Moment.Select(at => (RemovingTime?)new RemovingTime(RemovingKind.At, at)),
            Span.Select(text => (RemovingTime?)new RemovingTime(RemovingKind.After, After: CalendarSpan.Parse(text).Value)))
        select new RemovalRequest(asks, removing);

    private static readonly Gen<RetentionState> State =
        from until in Gen.OneOf(Gen.Constant<DateTimeOffset?>(null), Moment.Select(at => (DateTimeOffset?)at))
        from forever in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new RetentionState { KeepUntil = until, KeepForever = forever };

    /// <summary>Hours after the end of the acquisition, in any order, years apart and a minute apart.</summary>
    private static readonly Gen<double[]> Ticks = Gen.OneOf(
        Gen.Choose(-200, 200 * 24).Select(hour => (double)hour),
        Gen.Choose(0, 120 * 24 * 60).Select(minute => minute / 60.0),
        Gen.Elements(-30 * 8766.0, 30 * 8766.0)).ArrayOf();

    [Fact]
    public void Hourly_checks_send_each_reminder_once_and_report_the_end_once() => Check(Rule, rule =>
    {
        Tale tale = Watch(rule, RemovalRequest.None, new RetentionState(), Enumerable.Range(0, 61 * 24).Select(hour => (double)hour));

        DateTimeOffset? end = rule.Keep?.After(Rules.Ended);
        Assert.Equal(
            end is null ? [] : rule.Remind.Select(span => span.Before(end.Value)).Where(due => due > Rules.Ended).Distinct().Order(),
            tale.Reminders.Select(reminder => reminder.Due));
        Assert.Equal(end is null ? [] : [end.Value], tale.Ends);
    });

    [Fact]
    public void Each_reminder_and_the_end_are_sent_at_most_once_and_never_early_with_any_clock() => Check(
        from rule in Rule from wish in Removal from state in State from ticks in Ticks select (rule, wish, state, ticks),
        given =>
        {
            Tale tale = Watch(given.rule, given.wish, given.state, given.ticks);

            Assert.Equal(tale.Reminders.Distinct(), tale.Reminders);
            Assert.True(tale.Ends.Count <= 1);
        });

    [Fact]
    public void A_check_after_a_long_gap_sends_one_reminder_or_reports_the_end() => Check(
        from rule in Rule from first in Gen.Choose(0, 70 * 24) select (rule, first),
        given =>
        {
            Tale tale = Watch(given.rule, RemovalRequest.None, new RetentionState(), [given.first, given.first, given.first]);

            Assert.True(tale.Reminders.Count + tale.Ends.Count <= 1);
        });

    [Fact]
    public void The_files_stay_as_long_as_the_operator_or_the_owner_wants() => Check(
        from rule in Rule from wish in Removal from state in State from now in Moment select (rule, wish, state, now),
        given =>
        {
            (FolderRule rule, RemovalRequest removal, RetentionState state, DateTimeOffset now) = given;
            DateTimeOffset forever = DateTimeOffset.MaxValue;

            DateTimeOffset end = RetentionClock.Read(rule, removal, state, Rules.Ended, now).End ?? forever;

            DateTimeOffset limit = rule.MaxKeep?.After(Rules.Ended) ?? forever;
            DateTimeOffset owner = state.KeepForever ? forever : state.KeepUntil ?? DateTimeOffset.MinValue;
            DateTimeOffset byRule = rule.Keep?.After(Rules.Ended) ?? forever;
            DateTimeOffset byOperator = removal.Removing is { } removing ? removing.From(Rules.Ended) ?? forever : removal.AsksRemoval ? byRule : DateTimeOffset.MinValue;
            Assert.True(end >= (owner < limit ? owner : limit), "the owner wants longer");
            Assert.True(end >= byOperator, "the operator wants longer");
            Assert.True(removal.AsksRemoval || end >= byRule, "the rule wants longer");
            Assert.True(end <= new[] { owner < limit ? owner : limit, byOperator, byRule }.Max(), "nobody wants so long");
        });

    [Fact]
    public void No_time_is_too_far_away() => Check(
        from rule in Rule
        from wish in Removal
        from ended in Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch)
        from now in Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Rules.Ended)
        select (rule, wish, ended, now),
        given =>
        {
            RetentionReading reading = RetentionClock.Read(given.rule, given.wish, new RetentionState(), given.ended, given.now);

            Assert.Equal(reading.End <= given.now, reading.IsOver);
        });

    /// <summary>Looks at the clock at each tick, and remembers what was said as the runner does.</summary>
    private static Tale Watch(FolderRule rule, RemovalRequest removal, RetentionState state, IEnumerable<double> hours)
    {
        var tale = new Tale([], []);
        foreach (DateTimeOffset now in hours.Select(hour => Rules.Ended.AddHours(hour)))
        {
            RetentionReading reading = RetentionClock.Read(rule, removal, state, Rules.Ended, now);
            Assert.False(reading.MustTellEnd && reading.Reminder is not null);
            if (reading.MustTellEnd)
            {
                Assert.True(reading.End <= now);
                tale.Ends.Add(reading.End!.Value);
                state = state with { EndTold = reading.End };
            }
            else if (reading.Reminder is { } reminder)
            {
                Assert.True(reminder.Due <= now && now < reading.End);
                tale.Reminders.Add(reminder);
                state = state with { Reminded = new SentReminder(reading.End!.Value, reminder.Due) };
            }
        }

        return tale;
    }

    private static void Check<T>(Gen<T> gen, Action<T> property) =>
        Prop.ForAll(gen.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private sealed record Tale(List<DueReminder> Reminders, List<DateTimeOffset> Ends);
}
