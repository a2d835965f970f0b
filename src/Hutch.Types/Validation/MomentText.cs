namespace Hutch.Types.Validation;

/// <summary>
/// A date, or a date and a time of day (ISO 8601): <c>2026</c>, <c>2026-11</c>, <c>2026-11-20</c>, <c>2026-11-20T10:30:00+01:00</c>.
/// Without a time zone it is UTC.
/// </summary>
public static partial class MomentText
{
    /// <summary>The format of a time, as a regular expression that JSON Schema also supports.</summary>
    public const string Pattern =
        "^[0-9]{4}(-[0-9]{2}(-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?$";

    private static readonly string[] Formats =
    [
        "yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mmzzz", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:sszzz",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>Returns the time span of a text, in seconds since 1970, end exclusive; null for no valid time. A date is its day.</summary>
    public static (double From, double To)? Parse(string text)
    {
        if (!Shape().IsMatch(text))
        {
            return null;
        }

        string plain = FractionEnd().Replace(text.Replace(' ', 'T').Replace(',', '.'), "$1");
        plain = plain.EndsWith('Z') ? plain[..^1] + "+00:00" : NakedZone().Replace(plain, "$1$2:$3");
        return DateTimeOffset.TryParseExact(
            plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset from)
                ? (Seconds(from), Seconds(from) + Length(text.Length, from))
                : null;
    }

    private static double Length(int characters, DateTimeOffset from) => characters switch
    {
        4 => DateTime.IsLeapYear(from.Year) ? 366 * 86_400 : 365 * 86_400,
        7 => DateTime.DaysInMonth(from.Year, from.Month) * 86_400,
        10 => 86_400,
        _ => 0,
    };

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Shape();

    // Finer than 100 ns is not kept.
    [GeneratedRegex(@"(\.[0-9]{7})[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex FractionEnd();

    [GeneratedRegex("(T.*[+-])([0-9]{2})([0-9]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex NakedZone();
}
