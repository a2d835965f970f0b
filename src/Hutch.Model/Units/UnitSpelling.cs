using System.Text.RegularExpressions;

namespace Hutch.Model.Units;

/// <summary>
/// Reads units in the spelling of UDUNITS (https://docs.unidata.ucar.edu/udunits/current/udunits2lib.html#Syntax), as far as the field
/// writes them: names in any case with prefix and plural, prefixes before symbols, a number before the unit, products, quotients,
/// exponents.
/// </summary>
internal static partial class UnitSpelling
{
    private const int MaxCharacters = 60;

    // Symbols that a table of units has, and the names of them. "A" for a length is the table's matter.
    private static readonly Dictionary<string, string> Names = new (string Symbol, string Names)[]
    {
        ("m", "metre meter"), ("µm", "micron"), ("Å", "angstrom ångström ångstrom angström"), ("s", "second sec"),
        ("min", "minute min"), ("h", "hour hr"), ("d", "day"), ("Hz", "hertz"), ("J", "joule"), ("eV", "electronvolt electron_volt"),
        ("V", "volt"), ("A", "ampere amp"), ("W", "watt"), ("rad", "radian rad"), ("°", "degree deg arc_degree angular_degree"),
        ("K", "kelvin degree_kelvin"), ("°C", "celsius degree_celsius degree_c"), ("Gy", "gray"), ("g", "gram"), ("Da", "dalton"),
        ("L", "litre liter"), ("M", "molar"), ("Pa", "pascal"), ("bar", "bar"), ("T", "tesla"), ("pixel", "pixel"), ("e", "electron"),
        ("ph", "photon"), ("%", "percent"),
    }.SelectMany(static row => row.Names.Split(' ').Select(name => (name, row.Symbol)))
        .ToDictionary(static pair => pair.name, static pair => pair.Symbol, StringComparer.OrdinalIgnoreCase);

    // The largest first; mega and more only where it is in use: "Mm" is a slip of the pen for mm, and no megametre.
    private static readonly (string Symbol, string Name, double Factor)[] Prefixes =
    [
        ("T", "tera", 1e12), ("G", "giga", 1e9), ("M", "mega", 1e6), ("k", "kilo", 1e3), ("h", "hecto", 1e2), ("d", "deci", 1e-1),
        ("c", "centi", 1e-2), ("m", "milli", 1e-3), ("µ", "micro", 1e-6), ("u", "micro", 1e-6), ("n", "nano", 1e-9), ("p", "pico", 1e-12),
        ("f", "femto", 1e-15), ("a", "atto", 1e-18),
    ];

    private static readonly string[] WithPrefix =
        ["m", "s", "Hz", "J", "eV", "V", "A", "W", "rad", "K", "Gy", "g", "Da", "L", "M", "Pa", "bar", "T"];

    private static readonly string[] WithLargePrefix = ["Hz", "J", "eV", "V", "W", "Gy", "Da", "Pa"];

    /// <summary>Returns the unit; null for text that is none.</summary>
    public static Unit? Read(string text, Dimension? expected)
    {
        if (text.Length > MaxCharacters || text.Any(char.IsSurrogate))
        {
            return null;
        }

        string trimmed = Nfc.Normalize(text).Trim().TrimEnd('.').Replace('\u03bc', 'µ');

        if (Scaled().Match(trimmed) is { Success: true } match)
        {
            return ScaleOf(match) is { } scale && double.IsFinite(scale) && scale > 0
                && UnitTable.Find(match.Groups["unit"].Value, expected) is { Offset: 0 } unit
                ? unit with { Symbol = trimmed, Factor = unit.Factor * scale }
                : null;
        }

        return Word(trimmed, expected) ?? Product(trimmed, expected) ?? Shouted(trimmed, expected);
    }

    // "1e-6 m", "0.001 m", "10^-6 m"
    private static double? ScaleOf(Match match) =>
        double.TryParse(match.Groups["number"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? match.Groups["power"] is { Success: true } power
                ? Math.Pow(number, double.Parse(power.ValueSpan, CultureInfo.InvariantCulture))
                : number
            : null;

    /// <summary>One unit: a name or symbol, with or without a prefix.</summary>
    private static Unit? Word(string word, Dimension? expected)
    {
        string name = Blanks().Replace(word, "_");
        foreach (string singular in Singulars(name))
        {
            if (Names.TryGetValue(singular, out string? symbol))
            {
                return UnitTable.Listed(symbol, expected);
            }
        }

        foreach ((string prefix, string prefixName, double factor) in Prefixes)
        {
            Unit? unit = word.StartsWith(prefix, StringComparison.Ordinal) ? BehindPrefix(word[prefix.Length..], prefix, factor) : null;
            if (unit is null && name.StartsWith(prefixName, StringComparison.OrdinalIgnoreCase))
            {
                unit = Singulars(name[prefixName.Length..])
                    .Select(singular => Names.TryGetValue(singular, out string? symbol) ? Prefixed(symbol, prefix + symbol, factor) : null)
                    .FirstOrDefault(static found => found is not null);
            }

            if (unit is not null)
            {
                return unit;
            }
        }

        return null;
    }

    private static IEnumerable<string> Singulars(string name) => name.EndsWith('s') || name.EndsWith('S')
        ? [name, name[..^1], PluralBefore().Replace(name, "")]
        : [name, PluralBefore().Replace(name, "")];

    private static Unit? BehindPrefix(string rest, string prefix, double factor)
    {
        string symbol = rest is "sec" or "secs" ? "s" : rest;
        return Prefixed(symbol, prefix + symbol, factor);
    }

    private static Unit? Prefixed(string symbol, string written, double factor)
    {
        if (!WithPrefix.Contains(symbol) || (factor > 1e3 && !WithLargePrefix.Contains(symbol)))
        {
            return null;
        }

        // One that the table has keeps its symbol, and its exact factor.
        Unit unit = UnitTable.All.First(one => one.Symbol == symbol || (symbol == "Hz" && one.Symbol == "1/s"));
        return UnitTable.All.FirstOrDefault(one => one.Symbol == written && one.Dimension == unit.Dimension)
            ?? unit with { Symbol = written, Factor = unit.Factor * factor };
    }

    /// <summary>A product or quotient, such as <c>electrons per angstrom^2</c> or <c>m s-1</c>: as the table writes it.</summary>
    private static Unit? Product(string text, Dimension? expected)
    {
        var above = new StringBuilder();
        var below = new StringBuilder();
        bool isDivided = false;
        int at = 0;
        foreach (Match factor in Factor().Matches(text))
        {
            if (factor.Index != at || factor.Length == 0)
            {
                return null;
            }

            at += factor.Length;
            if (factor.Groups["divide"].Success)
            {
                isDivided = true;
                continue;
            }

            if (!factor.Groups["word"].Success)
            {
                continue;
            }

            int power = factor.Groups["power"] is { Success: true } digits ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture) : 1;
            string word = factor.Groups["word"].Value;
            string? symbol = word == "1" ? "" : (UnitTable.Listed(word, null) ?? Word(word, null))?.Symbol;
            if (symbol is null || power == 0)
            {
                return null;
            }

            (isDivided, power) = (false, isDivided ? -power : power);
            string exponent = Math.Abs(power) == 1 ? "" : Math.Abs(power).ToString(CultureInfo.InvariantCulture);
            _ = symbol.Length == 0 ? above : power > 0 ? above.Append(symbol + exponent) : below.Append($"/{symbol}{exponent}");
        }

        return at == text.Length && !isDivided && above.Length + below.Length > 0
            ? UnitTable.Listed((above.Length == 0 ? "1" : above.ToString()) + below, expected)
            : null;
    }

    /// <summary>Two letters or more in capitals, as old programs write all text: <c>MM</c>, <c>DEG</c>, <c>KEV</c>.</summary>
    private static Unit? Shouted(string text, Dimension? expected) =>
        expected is not null && text.Length > 1 && text.All(static c => char.IsAsciiLetterUpper(c))
            ? UnitTable.ListedInAnyCase(text, expected)
            : null;

    [GeneratedRegex(
        @"\A(?<number>[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)(?:(?:\^|\*\*)(?<power>[+-]?[0-9]{1,2}))?"
        + @"(?:\s*[*·]\s*|\s+|(?=[A-Za-zÅµ]))(?<unit>[^0-9./*\s].*)\z",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Scaled();

    // The s of "degrees_celsius".
    [GeneratedRegex("(?<=degree)s(?=_)", RegexOptions.IgnoreCase)]
    private static partial Regex PluralBefore();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(
        @"(?<divide>\s*/\s*|\s+per\s+)|(?<multiply>\s*[*·.]\s*(?!\*)|\s+)|"
        + @"(?<word>[A-Za-zÅåµ°öÖ_%]+|1(?=\s*/))(?:(?:\^|\*\*)?(?<power>[+-]?[0-9]))?",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Factor();
}
