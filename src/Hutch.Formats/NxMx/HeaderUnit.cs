namespace Hutch.Formats.NxMx;

/// <summary>The units of a header: metres, seconds, degrees, ångström of a wavelength. A file that names no unit means these.</summary>
internal static class HeaderUnit
{
    public static Unit Metre { get; } = UnitTable.Find("m")!;

    public static Unit Second { get; } = UnitTable.Find("s")!;

    public static Unit Degree { get; } = UnitTable.Find("°")!;

    public static Unit Angstrom { get; } = UnitTable.Find("Å")!;

    public static Unit ElectronVolt { get; } = UnitTable.Find("eV")!;

    public static Unit Pixel { get; } = UnitTable.Find("pixel")!;

    /// <summary>A distance in metres that no detector has: a number without a unit that is larger is one of millimetres.</summary>
    public const double LargestDistance = 40;

    /// <summary>Returns false for a number without a unit that is too large or too small for one in the unit of the header.</summary>
    public static bool CanBe(double value, string? written, double largest, double smallest = 0) =>
        !string.IsNullOrWhiteSpace(written) || value == 0 || Math.Abs(value) is var size && size <= largest && size >= smallest;

    /// <summary>Converts a number of a file; null if its unit is unknown, or of another dimension.</summary>
    /// <param name="written">The unit as the file has it; null or blank for none.</param>
    public static double? Read(this Unit unit, double value, string? written) => unit.Conversion(written)?.Invoke(value);

    /// <summary>Returns the conversion of numbers of a file; null if their unit is unknown, or of another dimension.</summary>
    /// <param name="written">The unit as the file has it; null or blank for none.</param>
    public static Func<double, double>? Conversion(this Unit unit, string? written) =>
        string.IsNullOrWhiteSpace(written) ? static value => value
        : UnitTable.Find(written, unit.Dimension) is { } known && known.Dimension == unit.Dimension
        ? value => unit.From(value, known)!.Value
        : null;

    /// <summary>Returns the note about a quantity whose unit is unknown, or of another dimension.</summary>
    public static string Unknown(string name, string file, string? written) =>
        $"{name} of {file} is left out: its unit {Display.Quote(written?.Trim())} is unknown, or not one of this quantity.";
}
