namespace Hutch.Model.Zone;

/// <summary>
/// The rate of a copy's transfer, from its progress at three times. Once it has run for half a minute, the first is at least that old, and
/// not much more than a minute old. Earlier progress does not count.
/// </summary>
/// <param name="Middle">A time in between, which becomes the earliest later.</param>
public sealed record CopySpeed(SpeedSample From, SpeedSample Middle, SpeedSample Last)
{
    /// <summary>The shortest span between the first and the last time after the start.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    /// <summary>The longest time without a report after which the rate is still known.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ShortestSpan = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLeft = TimeSpan.FromDays(365);

    /// <summary>The rate in bytes per second; null if unknown.</summary>
    public double? BytesPerSecond => Last.At - From.At is var span && span >= ShortestSpan && Last.Bytes > From.Bytes
        ? (Last.Bytes - From.Bytes) / span.TotalSeconds
        : null;

    /// <summary>The rate after a new report. After a silence, or if the report has fewer bytes, earlier reports are dropped.</summary>
    /// <param name="moved">The bytes transferred over the network since the start.</param>
    public static CopySpeed After(CopySpeed? before, DateTimeOffset now, long moved)
    {
        var mark = new SpeedSample(now, moved);
        return before is null || moved < before.Last.Bytes || now < before.Last.At || now - before.Last.At > LongestSilence
                ? new CopySpeed(mark, mark, mark)
            : now - before.Middle.At >= Window ? new CopySpeed(before.Middle, mark, mark)
            : before with { Last = mark };
    }

    /// <summary>The estimated time for the rest at this rate; null if unknown.</summary>
    public TimeSpan? Left(long bytes, DateTimeOffset now) =>
        BytesPerSecond is { } rate && now - Last.At <= LongestSilence && Math.Max(0, bytes) / rate is var seconds
            && seconds <= LongestLeft.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    public override string ToString() => $"{From} {Middle} {Last}";

    /// <summary>Parses the text; null if it is invalid.</summary>
    public static CopySpeed? Read(string? text) => text?.Split(' ') is [var from, var middle, var last]
        && SpeedSample.Read(from) is { } first && SpeedSample.Read(middle) is { } second && SpeedSample.Read(last) is { } third
        ? new CopySpeed(first, second, third)
        : null;
}

/// <param name="At">The time, to the millisecond.</param>
public sealed record SpeedSample(DateTimeOffset At, long Bytes)
{
    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}:{Bytes}");

    internal static SpeedSample? Read(string text) => text.Split(':') is [var at, var bytes]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long time) && time <= LastTime
        && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out long moved)
        ? new SpeedSample(DateTimeOffset.FromUnixTimeMilliseconds(time), moved)
        : null;
}
