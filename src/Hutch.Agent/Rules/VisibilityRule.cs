namespace Hutch.Agent.Rules;

/// <param name="IsPublic">True if they become public at some time; otherwise they are private.</param>
/// <param name="After">The delay after their beginning; null for another rule.</param>
/// <param name="From">The date from which they are public; null for another rule.</param>
/// <param name="Key">The key of the metadata with the time; null for another rule.</param>
public sealed record VisibilityRule(bool IsPublic, CalendarSpan? After = null, DateTimeOffset? From = null, string? Key = null)
{
    private const string Embargo = "embargo ";

    /// <summary>Reads <c>private</c>, <c>public</c>, <c>embargo 2y</c>, <c>embargo 2030-01-31</c>, <c>embargo KEY</c>.</summary>
    public static Result<VisibilityRule> Parse(string text)
    {
        if (text is "private" or "public")
        {
            return new VisibilityRule(text == "public");
        }

        string end = text.StartsWith(Embargo, StringComparison.Ordinal) ? text[Embargo.Length..].Trim() : "";
        if (end.Length == 0)
        {
            return ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not a visibility: use private, public, or embargo with a time span (2y), a date (2030-01-31) "
                + "or a key of the metadata.");
        }

        if (!char.IsAsciiDigit(end[0]))
        {
            return KeyPattern.ParseKey(end).Then<VisibilityRule>(key => new VisibilityRule(true, Key: key));
        }

        return TryReadDate(end, out DateTimeOffset date)
            ? new VisibilityRule(true, From: date)
            : CalendarSpan.Parse(end).Then<VisibilityRule>(span => new VisibilityRule(true, After: span));
    }

    /// <summary>Reads a date: the day begins in universal time.</summary>
    public static bool TryReadDate(string text, out DateTimeOffset date) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);

    /// <summary>The refusal of a metadata file that does not say when the dataset becomes public.</summary>
    internal static HutchError NotSaid(string key) => ErrorCode.Unprocessable.With(
        $"the key '{key}' must say when the dataset becomes public: a date (2030-01-31) or a time span (2y).");

    public override string ToString() => this switch
    {
        { IsPublic: false } => "private",
        { After: { } span } => $"public {span} after the dataset begins",
        { From: { } date } => $"public from {date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}",
        { Key: { } key } => $"public when '{key}' of the metadata says",
        _ => "public",
    };
}
