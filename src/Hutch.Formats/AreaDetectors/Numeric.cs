namespace Hutch.Formats.AreaDetectors;

internal static class Numeric
{
    /// <summary>Returns the finite number of a text; null for any other text.</summary>
    public static double? Parse(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;
}
