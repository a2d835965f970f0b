namespace Hutch.Formats.Microscopy;

/// <summary>Numbers as the programs of microscopes write them, in the units of the field.</summary>
internal static class Quantities
{
    /// <summary>Square metres in a square ångström.</summary>
    private const double SquareAngstrom = 1e-20;

    private const double MetresPerAngstrom = 1e-10;

    private const double MetresPerMicrometre = 1e-6;

    private static readonly string[] SerialEmTimes =
        ["d-MMM-yy H:mm:ss", "d-MMM-yyyy H:mm:ss", "yyyy-MM-dd H:mm:ss", "yyyy/MM/dd H:mm:ss"];

    /// <summary>Returns the finite number of a text; null for any other.</summary>
    public static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    public static int? Whole(string? text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <summary>Returns a number that can only be positive: 0 is how programs write that they do not know it.</summary>
    public static double? Positive(double? value) => value > 0 ? value : null;

    public static int? Positive(int? value) => value > 0 ? value : null;

    /// <summary>From e/m², as EPU writes a dose, to e/Å².</summary>
    public static double? PerSquareAngstrom(double? perSquareMetre) => Positive(perSquareMetre) * SquareAngstrom;

    public static double? Angstrom(double? metres) => Positive(metres) / MetresPerAngstrom;

    public static double? Micrometres(double? metres) => metres / MetresPerMicrometre;

    /// <summary>Returns a position of the stage from metres, as EPU writes it; null without its X or Y.</summary>
    public static StagePosition? Stage(double? x, double? y, double? z) =>
        Micrometres(x) is { } across && Micrometres(y) is { } along ? new StagePosition(across, along, Micrometres(z)) : null;

    public static double? Degrees(double? radians) => radians * 180 / Math.PI;

    /// <summary>Returns a time with a zone as UTC; one without a zone stays a time of no zone.</summary>
    public static DateTime? Time(string? text) =>
        !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime time) || time.Year < 1950 ? null
        : time.Kind == DateTimeKind.Unspecified ? time
        : time.ToUniversalTime();

    /// <summary>Returns the time that SerialEM or Tomography writes into an mdoc: it is in no stated zone.</summary>
    public static DateTime? MdocTime(string? text) => DateTime.TryParseExact(
        text, SerialEmTimes, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out DateTime time) ? time : null;

    /// <summary>Returns the numbers between blanks; null unless there are at least <paramref name="count"/>, all finite.</summary>
    public static double[]? Numbers(string? text, int count)
    {
        if (text is null)
        {
            return null;
        }

        string[] parts = text.Split([' ', '\t', ','], 17, StringSplitOptions.RemoveEmptyEntries);
        double?[] numbers = Array.ConvertAll(parts, Number);
        return numbers.Length >= count && Array.TrueForAll(numbers, static number => number is not null)
            ? Array.ConvertAll(numbers, static number => number!.Value)
            : null;
    }
}
