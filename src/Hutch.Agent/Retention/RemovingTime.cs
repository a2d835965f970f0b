using Hutch.Agent.Rules;

namespace Hutch.Agent.Retention;

/// <summary>The time at which an operator wants the files to leave the facility: the value of <c>RemovingTime</c> in the block.</summary>
/// <param name="After">The span, for <see cref="RemovingKind.After"/>.</param>
public sealed record RemovingTime(RemovingKind Kind, DateTimeOffset At = default, CalendarSpan After = default)
{
    // What people write, and what datetime.isoformat() of Python writes.
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads <c>never</c>, <c>now</c>, <c>removed</c>, a date, time or span. Days, and times without offset, are UTC.</summary>
    public static Result<RemovingTime> Parse(string text)
    {
        switch (text)
        {
            case "never": return new RemovingTime(RemovingKind.Never);
            case "now": return new RemovingTime(RemovingKind.Now);
            case RemovalRequest.Removed: return new RemovingTime(RemovingKind.Removed);
            default: break;
        }

        const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Universal, out DateTimeOffset at))
        {
            return new RemovingTime(RemovingKind.At, at);
        }

        return CalendarSpan.Parse(text).TryGet(out CalendarSpan span, out _)
            ? new RemovingTime(RemovingKind.After, After: span)
            : ErrorCode.Unprocessable.With(
                $"{Display.Quote(text)} is not a time: write never, now, a date (2030-01-31), a time (2030-01-31T12:00:00Z), or a time "
                + "span from the end of the acquisition (60d). The files stay until it is corrected.");
    }

    /// <summary>The moment, when acquisition ended at some time; null for never.</summary>
    public DateTimeOffset? From(DateTimeOffset acquisitionEnded) => Kind switch
    {
        // A moment that does not move with the clock: the time was over as soon as it began.
        RemovingKind.Now => acquisitionEnded,
        RemovingKind.At => At,
        RemovingKind.After => After.After(acquisitionEnded),
        _ => null,
    };
}

/// <summary>The forms of an operator's removal time.</summary>
public enum RemovingKind
{
    Never,

    Now,

    At,

    /// <summary>A time span after acquisition ended.</summary>
    After,

    /// <summary>They have left: the end state.</summary>
    Removed,
}
