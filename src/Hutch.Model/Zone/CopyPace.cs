using System.Globalization;

namespace Hutch.Model.Zone;

/// <summary>
/// How fast a copy comes: how much had moved at three moments, the first of which lies at least half a minute back, once it has moved for
/// that long, and not much more than a minute. What moved earlier says nothing of now.
/// </summary>
/// <param name="From">The earliest moment.</param>
/// <param name="Middle">One in between, which takes its place.</param>
/// <param name="Last">When something was said last.</param>
public sealed record CopyPace(PaceMark From, PaceMark Middle, PaceMark Last)
{
    /// <summary>How long it looks back, at least.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    /// <summary>Nobody knows how fast it goes while nothing has been said for so long.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ShortestSpan = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLeft = TimeSpan.FromDays(365);

    /// <summary>Bytes a second; null where that cannot be said.</summary>
    public double? BytesPerSecond => Last.At - From.At is var span && span >= ShortestSpan && Last.Bytes > From.Bytes
        ? (Last.Bytes - From.Bytes) / span.TotalSeconds
        : null;

    /// <summary>The pace after more is said. After a silence, or when less has moved, nothing is known of before.</summary>
    /// <param name="before">The pace before; null for none.</param>
    /// <param name="now">When it is said.</param>
    /// <param name="moved">Bytes that have come over the network since it began.</param>
    public static CopyPace After(CopyPace? before, DateTimeOffset now, long moved)
    {
        var mark = new PaceMark(now, moved);
        return before is null || moved < before.Last.Bytes || now < before.Last.At || now - before.Last.At > LongestSilence
                ? new CopyPace(mark, mark, mark)
            : now - before.Middle.At >= Window ? new CopyPace(before.Middle, mark, mark)
            : before with { Last = mark };
    }

    /// <summary>How long the rest takes if it goes on like this; null where that cannot be said.</summary>
    /// <param name="bytes">Bytes that are still to come.</param>
    /// <param name="now">What time it is.</param>
    public TimeSpan? Left(long bytes, DateTimeOffset now) =>
        BytesPerSecond is { } rate && now - Last.At <= LongestSilence && Math.Max(0, bytes) / rate is var seconds
            && seconds <= LongestLeft.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>One text for all of it.</summary>
    public override string ToString() => $"{From} {Middle} {Last}";

    /// <summary>Reads it; null when it is none.</summary>
    public static CopyPace? Read(string? text) => text?.Split(' ') is [var from, var middle, var last]
        && PaceMark.Read(from) is { } first && PaceMark.Read(middle) is { } second && PaceMark.Read(last) is { } third
        ? new CopyPace(first, second, third)
        : null;
}

/// <summary>How much had moved at a moment.</summary>
/// <param name="At">The moment, to the millisecond.</param>
/// <param name="Bytes">Bytes.</param>
public sealed record PaceMark(DateTimeOffset At, long Bytes)
{
    private static readonly long s_lastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}:{Bytes}");

    internal static PaceMark? Read(string text) => text.Split(':') is [var at, var bytes]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long time) && time <= s_lastTime
        && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out long moved)
        ? new PaceMark(DateTimeOffset.FromUnixTimeMilliseconds(time), moved)
        : null;
}
