using System.Text.RegularExpressions;

namespace Hutch.Model.Units;

/// <summary>A number and the unit written after it, as in <c>300 kV</c>.</summary>
/// <param name="Value">The number; finite.</param>
/// <param name="Unit">The unit as written; empty for none.</param>
public readonly partial record struct Quantity(double Value, string Unit)
{
    private const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Reads a number with or without a unit; null when the text does not begin with a number.</summary>
    public static Quantity? Parse(string text)
    {
        Match match = Pattern().Match(text);
        return match.Success
            && double.TryParse(match.Groups["number"].ValueSpan, Real, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value)
                ? new Quantity(value, match.Groups["unit"].Value)
                : null;
    }

    // A unit begins with no digit and no part of a number, so that "1,5 mm" and "1.2.3" are not half understood.
    [GeneratedRegex(
        @"\A\s*(?<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(?<unit>(?:[^\s0-9.,+-]|1/).{0,39}?)?\s*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
