using System.CommandLine.Parsing;

namespace Hutch.Commands.Hosting;

/// <summary>Time spans as people type them: <c>45s</c>, <c>2m</c>, <c>12h</c>, <c>30d</c>, <c>2w</c>.</summary>
internal static class Durations
{
    internal static TimeSpan? Parse(ArgumentResult result)
    {
        string text = result.Tokens is [{ } token] ? token.Value : "";
        if (TryParse(text, out TimeSpan span))
        {
            return span;
        }

        result.AddError($"'{text}' is not a duration: use a number and s, m, h, d or w, such as 2m or 30d.");
        return null;
    }

    internal static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number == 0)
        {
            return false;
        }

        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => null,
        };
        span = (unit ?? TimeSpan.Zero) * Math.Min(number, 1_000_000);
        return unit is not null;
    }
}
