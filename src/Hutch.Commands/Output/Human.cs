namespace Hutch.Commands.Output;

internal static class Human
{
    internal static string Count(long number) => number.ToString("#,0", Thousands);

    internal static string Count(long number, string one, string many) => Count(number) + " " + (number == 1 ? one : many);

    /// <summary>A time span: <c>1:05</c> or <c>2:03:05</c>.</summary>
    internal static string Duration(TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}");

    /// <summary>A time in UTC, to the second.</summary>
    internal static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + "Z";

    private static NumberFormatInfo Thousands { get; } = new() { NumberGroupSeparator = " ", NumberGroupSizes = [3] };
}
