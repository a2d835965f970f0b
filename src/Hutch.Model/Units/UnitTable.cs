using System.Collections.Frozen;

namespace Hutch.Model.Units;

/// <summary>
/// The units used in the field: the one conversion of every quantity that is read. Factors come from the SI brochure (9th edition, 2019)
/// and from CODATA 2018 (dalton). Electrons and pixels are counts: e/Å² is a number per area, Å/pixel a length.
/// </summary>
public static class UnitTable
{
    private const double ElectronVolt = 1.602176634e-19;
    private const double Dalton = 1.66053906660e-27;

    private static readonly Dimension Length = new("a length", "m");
    private static readonly Dimension Area = new("an area", "m²");
    private static readonly Dimension Volume = new("a volume", "m³");
    private static readonly Dimension Time = new("a time", "s");
    private static readonly Dimension Frequency = new("a rate", "1/s");
    private static readonly Dimension Energy = new("an energy", "J");
    private static readonly Dimension Voltage = new("a voltage", "V");
    private static readonly Dimension Current = new("a current", "A");
    private static readonly Dimension Power = new("a power", "W");
    private static readonly Dimension Angle = new("an angle", "rad");
    private static readonly Dimension AngularSpeed = new("a speed of rotation", "rad/s");
    private static readonly Dimension Temperature = new("a temperature", "K");
    private static readonly Dimension AbsorbedDose = new("an absorbed dose", "Gy");
    private static readonly Dimension PerArea = new("a number per area", "1/m²");
    private static readonly Dimension PerAreaAndTime = new("a rate per area", "1/(m² s)");
    private static readonly Dimension PerLength = new("a number per length", "1/m");
    private static readonly Dimension Mass = new("a mass", "kg");
    private static readonly Dimension MassConcentration = new("a mass concentration", "kg/m³");
    private static readonly Dimension Concentration = new("a concentration", "mol/m³");
    private static readonly Dimension Pressure = new("a pressure", "Pa");
    private static readonly Dimension Field = new("a magnetic field", "T");
    private static readonly Dimension Speed = new("a speed", "m/s");
    private static readonly Dimension Count = new("a count", "1");

    private static readonly (Unit Unit, string[] Spellings)[] Rows =
    [
        (new("m", Length, 1), []),
        (new("cm", Length, 1e-2), []),
        (new("mm", Length, 1e-3), []),
        (new("µm", Length, 1e-6), ["um", "micron"]),
        (new("nm", Length, 1e-9), []),
        (new("Å", Length, 1e-10), ["A", "Ang", "angstrom", "Å/pixel", "A/pixel", "Å/px", "A/px"]),
        (new("pm", Length, 1e-12), []),
        (new("m²", Area, 1), []),
        (new("mm²", Area, 1e-6), []),
        (new("µm²", Area, 1e-12), ["um2"]),
        (new("nm²", Area, 1e-18), []),
        (new("Å²", Area, 1e-20), ["A2"]),
        (new("m³", Volume, 1), []),
        (new("mm³", Volume, 1e-9), []),
        (new("L", Volume, 1e-3), ["l"]),
        (new("mL", Volume, 1e-6), ["ml"]),
        (new("µL", Volume, 1e-9), ["ul", "µl", "uL"]),
        (new("nL", Volume, 1e-12), ["nl"]),
        (new("s", Time, 1), ["sec"]),
        (new("ms", Time, 1e-3), []),
        (new("µs", Time, 1e-6), ["us"]),
        (new("ns", Time, 1e-9), []),
        (new("ps", Time, 1e-12), []),
        (new("fs", Time, 1e-15), []),
        (new("min", Time, 60), []),
        (new("h", Time, 3600), []),
        (new("d", Time, 86_400), []),
        (new("1/s", Frequency, 1), ["Hz", "ph/s", "photons/s", "e/s", "e/pixel/s", "e/px/s"]),
        (new("kHz", Frequency, 1e3), []),
        (new("MHz", Frequency, 1e6), []),
        (new("GHz", Frequency, 1e9), []),
        (new("J", Energy, 1), []),
        (new("eV", Energy, ElectronVolt), []),
        (new("keV", Energy, ElectronVolt * 1e3), []),
        (new("MeV", Energy, ElectronVolt * 1e6), []),
        (new("GeV", Energy, ElectronVolt * 1e9), []),
        (new("V", Voltage, 1), []),
        (new("kV", Voltage, 1e3), []),
        (new("MV", Voltage, 1e6), []),
        (new("A", Current, 1), []),
        (new("mA", Current, 1e-3), []),
        (new("nA", Current, 1e-9), []),
        (new("W", Power, 1), []),
        (new("kW", Power, 1e3), []),
        (new("rad", Angle, 1), []),
        (new("mrad", Angle, 1e-3), []),
        (new("µrad", Angle, 1e-6), ["urad"]),
        (new("°", Angle, Math.PI / 180), ["deg", "degree", "degrees"]),
        (new("rad/s", AngularSpeed, 1), []),
        (new("°/s", AngularSpeed, Math.PI / 180), ["deg/s"]),
        (new("K", Temperature, 1), []),
        (new("mK", Temperature, 1e-3), []),
        (new("°C", Temperature, 1, 273.15), ["degC", "C"]),
        (new("Gy", AbsorbedDose, 1), []),
        (new("kGy", AbsorbedDose, 1e3), []),
        (new("MGy", AbsorbedDose, 1e6), []),
        (new("1/m²", PerArea, 1), []),
        (new("e/Å²", PerArea, 1e20), ["e/A2", "e-/Å2", "e-/A2", "1/Å2", "1/A2", "e/Å2"]),
        (new("e/nm²", PerArea, 1e18), ["e-/nm2", "1/nm2"]),
        (new("e/Å²/s", PerAreaAndTime, 1e20), ["e/A2/s", "e-/Å2/s", "e-/A2/s"]),
        (new("ph/µm²/s", PerAreaAndTime, 1e12), ["ph/um2/s"]),
        (new("1/Å", PerLength, 1e10), ["1/A"]),
        (new("1/nm", PerLength, 1e9), []),
        (new("kg", Mass, 1), []),
        (new("g", Mass, 1e-3), []),
        (new("mg", Mass, 1e-6), []),
        (new("µg", Mass, 1e-9), ["ug"]),
        (new("Da", Mass, Dalton), []),
        (new("kDa", Mass, Dalton * 1e3), []),
        (new("MDa", Mass, Dalton * 1e6), []),
        (new("mg/mL", MassConcentration, 1), ["mg/ml", "kg/m3", "g/L", "g/l"]),
        (new("M", Concentration, 1e3), ["mol/L", "mol/l"]),
        (new("mM", Concentration, 1), []),
        (new("µM", Concentration, 1e-3), ["uM"]),
        (new("Pa", Pressure, 1), []),
        (new("kPa", Pressure, 1e3), []),
        (new("MPa", Pressure, 1e6), []),
        (new("GPa", Pressure, 1e9), []),
        (new("mbar", Pressure, 100), []),
        (new("bar", Pressure, 1e5), []),
        (new("T", Field, 1), []),
        (new("mT", Field, 1e-3), []),
        (new("m/s", Speed, 1), []),
        (new("µm/s", Speed, 1e-6), ["um/s"]),
        (new("pixel", Count, 1), ["px", "pixels"]),
        (new("e", Count, 1), ["e-", "electrons"]),
        (new("%", Count, 1e-2), []),
    ];

    private static readonly FrozenDictionary<string, Unit[]> BySpelling = Rows
        .SelectMany(row => row.Spellings.Prepend(row.Unit.Symbol).Select(spelling => (Plain: Plain(spelling), row.Unit)))
        .Distinct()
        .GroupBy(pair => pair.Plain, pair => pair.Unit)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    public static IReadOnlyList<Unit> All { get; } = [.. Rows.Select(row => row.Unit)];

    /// <summary>
    /// Returns the unit of a spelling; null for none. ASCII may replace rare signs (<c>um</c>, <c>A2</c>, <c>deg</c>), and names symbols
    /// (<c>millimeters</c>, <c>electrons per angstrom^2</c>), as UDUNITS has them.
    /// </summary>
    /// <param name="text">The unit as written. Case matters in symbols: mK differs from MK.</param>
    /// <param name="expected">The expected dimension, if known: A is an ångström where a length is expected, otherwise an ampere.</param>
    public static Unit? Find(string text, Dimension? expected = null)
    {
        return Listed(text, expected) ?? UnitSpelling.Read(text, expected);
    }

    /// <summary>Returns the unit of this table with a symbol or spelling; null for none.</summary>
    internal static Unit? Listed(string text, Dimension? expected)
    {
        string plain = Plain(text);
        Unit[] units = BySpelling.GetValueOrDefault(plain, []);
        return units.FirstOrDefault(unit => unit.Dimension == expected)
            ?? units.FirstOrDefault(unit => Plain(unit.Symbol) == plain)
            ?? units.FirstOrDefault();
    }

    /// <summary>Returns the only unit of a dimension with a spelling that differs at most in case; null for none, or several.</summary>
    internal static Unit? ListedInAnyCase(string text, Dimension dimension)
    {
        Unit[] units =
        [
            .. Rows.Where(row => row.Unit.Dimension == dimension && row.Spellings.Prepend(row.Unit.Symbol)
                    .Any(one => Plain(one).Equals(Plain(text), StringComparison.OrdinalIgnoreCase)))
                .Select(row => row.Unit),
        ];
        return units.Length == 1 ? units[0] : null;
    }

    public static IEnumerable<string> Symbols(Dimension dimension) =>
        All.Where(unit => unit.Dimension == dimension).Select(unit => unit.Symbol);

    /// <summary>Returns these symbols as a list for a message: "m, cm, mm".</summary>
    public static string Words(Dimension dimension) => string.Join(", ", Symbols(dimension));

    /// <summary>
    /// Returns the listed spellings of the units of a dimension. <see cref="Find"/> accepts more: names, blanks, and characters that
    /// Unicode has twice.
    /// </summary>
    public static IEnumerable<string> Spellings(Dimension dimension) =>
        Rows.Where(row => row.Unit.Dimension == dimension).SelectMany(row => row.Spellings.Prepend(row.Unit.Symbol));

    /// <summary>Replaces characters that Unicode has twice, or that have several spellings, by one form.</summary>
    private static string Plain(string text) => string.Concat(text.Select(static c => c switch
    {
        '\u212b' => "Å", // the sign ångström, not the letter
        '\u03bc' => "µ", // the Greek letter, not the sign micro
        '²' => "2",
        '³' => "3",
        '−' or '⁻' => "-",
        'º' or '˚' => "°", // the ordinal sign and the ring
        '·' or '*' or '^' => "",
        _ when char.IsWhiteSpace(c) => "",
        _ => c.ToString(),
    }));
}
