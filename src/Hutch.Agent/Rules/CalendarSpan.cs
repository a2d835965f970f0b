namespace Hutch.Agent.Rules;

/// <summary>A time span as calendars count it. A year after 29 February is 28 February.</summary>
/// <param name="Unit">The unit: <c>h</c>, <c>d</c>, <c>w</c>, <c>mo</c>, <c>y</c>.</param>
public readonly record struct CalendarSpan(int Count, string Unit)
{
    /// <summary>The most years that a span may have; more than any archive was promised.</summary>
    public const int MaxYears = 500;

    private static readonly Dictionary<string, int> MaxCounts = new(StringComparer.Ordinal)
    {
        ["h"] = MaxYears * 8766,
        ["d"] = MaxYears * 365,
        ["w"] = MaxYears * 52,
        ["mo"] = MaxYears * 12,
        ["y"] = MaxYears,
    };

    /// <summary>Reads <c>60d</c>, <c>2y</c>, <c>6mo</c>.</summary>
    public static Result<CalendarSpan> Parse(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0
            && int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && MaxCounts.TryGetValue(text[digits..], out int most)
            && count >= 1 && count <= most
            ? new CalendarSpan(count, text[digits..])
            : ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not a time span: use a number and h, d, w, mo (months) or y, such as 60d or 2y, at most "
                + $"{MaxYears}y.");
    }

    /// <summary>The moment that is so long after another, or the last one that can be written.</summary>
    public DateTimeOffset After(DateTimeOffset start) => Shift(start, Count, DateTimeOffset.MaxValue);

    /// <summary>The moment that is so long before another, or the first one that can be written.</summary>
    public DateTimeOffset Before(DateTimeOffset end) => Shift(end, -Count, DateTimeOffset.MinValue);

    private DateTimeOffset Shift(DateTimeOffset from, int count, DateTimeOffset otherwise)
    {
        try
        {
            return Unit switch
            {
                "h" => from.AddHours(count),
                "d" => from.AddDays(count),
                "w" => from.AddDays(7.0 * count),
                "mo" => from.AddMonths(count),
                _ => from.AddYears(count),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return otherwise;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count}{Unit}");
}
