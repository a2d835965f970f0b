namespace Hutch.Commands.Output;

internal static class Human
{
    internal static string Count(long number) => number.ToString("#,0", Thousands);

    internal static string Count(long number, string one, string many) => Count(number) + " " + (number == 1 ? one : many);

    /// <summary>A time span: <c>1:05</c> or <c>2:03:05</c>.</summary>
    internal static string Duration(TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}");

    /// <summary>A time in the zone of this machine (<c>$TZ</c>), to the second, with its offset from UTC.</summary>
    internal static string Time(DateTimeOffset time) => Time(time, "yyyy-MM-dd HH:mm:ss", TimeZoneInfo.Local);

    /// <summary>The same, to the minute.</summary>
    internal static string Minute(DateTimeOffset time) => Time(time, "yyyy-MM-dd HH:mm", TimeZoneInfo.Local);

    internal static string Time(DateTimeOffset time, string format, TimeZoneInfo zone)
    {
        DateTimeOffset there = TimeZoneInfo.ConvertTime(time, zone);
        return there.ToString(there.Offset == TimeSpan.Zero ? format + "'Z'" : format + "zzz", CultureInfo.InvariantCulture);
    }

    private static NumberFormatInfo Thousands { get; } = new() { NumberGroupSeparator = " ", NumberGroupSizes = [3] };
}
