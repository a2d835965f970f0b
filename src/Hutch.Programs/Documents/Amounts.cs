using System.Text.RegularExpressions;

namespace Hutch.Programs.Documents;

/// <summary>Times and sizes as operators write them: <c>90 min</c>, <c>4 GiB</c>.</summary>
internal static partial class Amounts
{
    public const string TimeForm = "a time such as '90 s', '30 min', '4 h' or '2 d'";
    public const string SizeForm = "a size such as '500 MB', '4 GiB' or '1 TB'";

    private static readonly Dictionary<string, long> Seconds = new(StringComparer.Ordinal)
    {
        ["s"] = 1,
        ["min"] = 60,
        ["h"] = 3600,
        ["d"] = 86_400,
    };

    public static long? TryReadBytes(string text) => ByteSize.TryParse(text) is >= 1 and <= 1L << 50 and var bytes ? bytes : null;

    public static long? TryReadSeconds(string text)
    {
        Match match = Amount().Match(text);
        return match.Success && Seconds.TryGetValue(match.Groups[2].Value, out long unit)
            && decimal.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number * unit is >= 1 and <= 1L << 50 and var amount
                ? (long)amount
                : null;
    }

    [GeneratedRegex(@"\A([0-9]{1,12}(?:\.[0-9]{1,3})?) ?([A-Za-z]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Amount();
}
