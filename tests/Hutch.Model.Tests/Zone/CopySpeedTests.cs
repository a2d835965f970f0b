using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Zone;

namespace Hutch.Model.Tests.Zone;

/// <summary>How fast a copy comes, and how long it still takes.</summary>
public sealed class CopySpeedTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What is said one after the other: after how many milliseconds, and how many bytes more had moved.</summary>
    private static Gen<(int Ms, int Bytes)[]> Steps { get; } =
        (from ms in Gen.Choose(1, (int)CopySpeed.LongestSilence.TotalMilliseconds)
         from bytes in Gen.Choose(0, 1 << 30)
         select (ms, bytes)).ArrayOf();

    [Fact]
    public void A_steady_rate_is_measured_at_any_frequency_of_reports() => Check(
        from steps in Steps
        from rate in Gen.Choose(1, 1 << 20)
        select (steps, rate),
        static input =>
        {
            (CopySpeed? pace, DateTimeOffset now, long moved) = (CopySpeed.After(null, Start, 0), Start, 0);
            foreach ((int ms, _) in input.steps)
            {
                (now, moved) = (now.AddMilliseconds(ms), moved + ((long)input.rate * ms));
                pace = CopySpeed.After(pace, now, moved);
            }

            bool isKnown = pace.Last.At - pace.From.At >= TimeSpan.FromSeconds(1);
            Assert.Equal(isKnown, pace.BytesPerSecond is not null);
            Assert.Equal(isKnown ? 1d : 0, (pace.BytesPerSecond ?? 0) / (input.rate * 1000d), 1e-9);
            Assert.Equal(isKnown ? 7d : 0, pace.Left((long)input.rate * 7000, now)?.TotalSeconds ?? 0, 1e-6);
        });

    [Fact]
    public void The_rate_lies_between_the_slowest_and_the_fastest_of_about_the_last_minute() => Check(Steps, static steps =>
    {
        List<SpeedSample> marks = [new SpeedSample(Start, 0)];
        CopySpeed pace = CopySpeed.After(null, Start, 0);
        foreach ((int ms, int bytes) in steps)
        {
            marks.Add(new SpeedSample(marks[^1].At.AddMilliseconds(ms), marks[^1].Bytes + bytes));
            pace = CopySpeed.After(pace, marks[^1].At, marks[^1].Bytes);
        }

        TimeSpan span = pace.Last.At - pace.From.At;
        Assert.Equal(marks[^1], pace.Last);
        Assert.Contains(pace.From, marks);
        Assert.InRange(span, TimeSpan.Zero, (2 * CopySpeed.Window) + (2 * CopySpeed.LongestSilence));
        Assert.True(span >= CopySpeed.Window || pace.From == marks[0]);
        if (pace.BytesPerSecond is { } rate)
        {
            double[] rates =
            [
                .. marks.Zip(marks.Skip(1)).Where(pair => pair.First.At >= pace.From.At)
                    .Select(static pair => (pair.Second.Bytes - pair.First.Bytes) / (pair.Second.At - pair.First.At).TotalSeconds),
            ];
            Assert.InRange(rate, rates.Min() * (1 - 1e-9), rates.Max() * (1 + 1e-9));
        }
    });

    [Fact]
    public void What_was_written_reads_as_the_same_and_what_was_not_is_none() => Check(Steps, static steps =>
    {
        (CopySpeed? pace, DateTimeOffset now, long moved) = (null, Start, 0L);
        foreach ((int ms, int bytes) in steps.Append((1, 1)))
        {
            (now, moved) = (now.AddMilliseconds(ms), moved + bytes);
            pace = CopySpeed.After(pace, now, moved);
        }

        string text = pace!.ToString();
        Assert.Equal(pace, CopySpeed.Read(text));
        Assert.Null(CopySpeed.Read(text + " "));
        Assert.Null(CopySpeed.Read(text.Replace(':', '-')));
    });

    [Fact]
    public void After_a_silence_or_when_it_begins_anew_nothing_is_known_of_before()
    {
        CopySpeed known = CopySpeed.After(CopySpeed.After(null, Start, 0), Start.AddSeconds(10), 1000);

        Assert.Equal(100, known.BytesPerSecond);
        Assert.Null(CopySpeed.After(known, Start.AddSeconds(11), 999).BytesPerSecond);
        Assert.Null(CopySpeed.After(known, Start.AddSeconds(9), 1001).BytesPerSecond);
        Assert.Null(CopySpeed.After(known, Start.AddSeconds(41), 1001).BytesPerSecond);
    }

    [Fact]
    public void How_long_it_takes_is_not_said_of_what_stands_still_is_silent_or_takes_years()
    {
        CopySpeed standing = CopySpeed.After(CopySpeed.After(null, Start, 5), Start.AddSeconds(10), 5);
        CopySpeed known = CopySpeed.After(CopySpeed.After(null, Start, 0), Start.AddSeconds(10), 10);

        Assert.Null(standing.Left(1, Start.AddSeconds(10)));
        Assert.Null(known.Left(1, Start.AddSeconds(41)));
        Assert.Null(known.Left(long.MaxValue, Start.AddSeconds(10)));
        Assert.Equal(TimeSpan.Zero, known.Left(-1, Start.AddSeconds(10)));
    }

    private static void Check<T>(Gen<T> gen, Action<T> check) =>
        Prop.ForAll(gen.ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
