namespace Hutch.Model;

/// <summary>Sizes as people type them: <c>1048576</c>, <c>500 GiB</c> (powers of 1024), <c>1.5TB</c> (powers of 1000).</summary>
public static class ByteSize
{
    /// <summary>The forms that are read, for messages.</summary>
    public const string Form = "a number and B, KB, MB, GB, TB, PB or KiB, MiB, GiB, TiB, PiB";

    private const string Prefixes = "KMGTP";

    /// <returns>The size in bytes, rounded down; null if the text is no size, or one of more than 2⁶³ bytes.</returns>
    public static long? TryParse(string text)
    {
        string trimmed = text.Replace(" ", "", StringComparison.Ordinal);
        int digits = trimmed.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        return decimal.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && Factor(trimmed[digits..].ToUpperInvariant()) is { } factor && number <= long.MaxValue / factor
                ? (long)(number * factor)
                : null;
    }

    private static decimal? Factor(string unit) => unit switch
    {
        "" or "B" => 1,
        [char prefix, 'I', 'B'] when Prefixes.Contains(prefix) => Power(1024, prefix),
        [char prefix, ..] when Prefixes.Contains(prefix) && unit[1..] is "" or "B" => Power(1000, prefix),
        _ => null,
    };

    private static decimal Power(int unit, char prefix)
    {
        decimal power = 1;
        for (int i = 0; i <= Prefixes.IndexOf(prefix, StringComparison.Ordinal); i++)
        {
            power *= unit;
        }

        return power;
    }
}
