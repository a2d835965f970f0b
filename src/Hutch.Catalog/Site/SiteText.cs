namespace Hutch.Catalog.Site;

/// <summary>The words for enumerated values in the tables: the same as in the journal.</summary>
internal static class SiteText
{
    public static long ToText(DateOnly day) => (day.Year * 10000) + (day.Month * 100) + day.Day;

    public static DateOnly ToDay(long day) => new((int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100));

    /// <summary>The month in UTC of a time in milliseconds since 1970, such as 202611.</summary>
    public static long ToMonth(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) is var time ? (time.Year * 100) + time.Month : 0;

    public static string ToText(DatasetOrigin origin) => origin switch
    {
        DatasetOrigin.Original => "original",
        DatasetOrigin.Derived => "derived",
        DatasetOrigin.Following => "following",
        _ => throw new ArgumentOutOfRangeException(nameof(origin)),
    };

    public static DatasetOrigin Origin(string text) => text switch
    {
        "original" => DatasetOrigin.Original,
        "derived" => DatasetOrigin.Derived,
        "following" => DatasetOrigin.Following,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "Not an origin."),
    };

    public static string ToText(DatasetEnd end) => end switch
    {
        DatasetEnd.Expired => "expired",
        DatasetEnd.Trash => "trash",
        DatasetEnd.Purged => "purged",
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    public static string ToText(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Done => "done",
        RunOutcome.Failed => "failed",
        RunOutcome.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
