namespace Hutch.Commands.Hosting;

/// <summary>Sizes as people type them: <c>1048576</c>, <c>500GiB</c> (powers of 1024), <c>2TB</c> (powers of 1000).</summary>
internal static class Sizes
{
    private const string Prefixes = "KMGTP";

    internal static Result<long> Parse(string text)
    {
        string trimmed = text.Replace(" ", "", StringComparison.Ordinal);
        int digits = trimmed.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        string unit = trimmed[digits..].ToUpperInvariant();
        bool isNumber = decimal.TryParse(
            trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number);
        decimal? factor = unit switch
        {
            "" or "B" => 1,
            [char prefix, 'I', 'B'] when Prefixes.Contains(prefix) => Power(1024, prefix),
            [char prefix, ..] when Prefixes.Contains(prefix) && unit[1..] is "" or "B" => Power(1000, prefix),
            _ => null,
        };
        return isNumber && factor is decimal times && number < long.MaxValue / times
            ? (long)(number * times)
            : ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not a size: use a number and B, KB, MB, GB, TB, PB or KiB, MiB, GiB, TiB, PiB.");
    }

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
