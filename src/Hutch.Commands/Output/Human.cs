namespace Hutch.Commands.Output;

internal static class Human
{
    internal static string Count(long number) => number.ToString("#,0", Thousands);

    /// <summary>A number of things whose plural is regular.</summary>
    internal static string Count(long number, string one) => Count(number, one, one + "s");

    internal static string Count(long number, string one, string many) => Count(number) + " " + (number == 1 ? one : many);

    /// <summary>The numbers between two ends; null if both are open.</summary>
    internal static string? Range(double? least, double? most) => (least, most) switch
    {
        ({ } from, { } to) => string.Create(CultureInfo.InvariantCulture, $"{from} to {to}"),
        ({ } from, null) => string.Create(CultureInfo.InvariantCulture, $"{from} or more"),
        (null, { } to) => string.Create(CultureInfo.InvariantCulture, $"{to} or less"),
        _ => null,
    };

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
