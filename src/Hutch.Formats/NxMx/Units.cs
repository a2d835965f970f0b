namespace Hutch.Formats.NxMx;

/// <summary>The units that NeXus files write, in ours: metres, seconds, degrees, ångström.</summary>
internal static class Units
{
    public static double? Metres(string? unit) => unit switch
    {
        null or "" or "m" or "metre" or "meter" or "metres" or "meters" => 1,
        "mm" or "millimetre" or "millimeter" => 1e-3,
        "um" or "µm" or "μm" or "micron" or "microns" or "micrometer" or "micrometre" => 1e-6,
        "nm" => 1e-9,
        "angstrom" or "Angstrom" or "A" or "Å" => 1e-10,
        "cm" => 1e-2,
        _ => null,
    };

    /// <summary>Returns the ångströms of a unit of wavelength: files without a unit mean ångström.</summary>
    public static double? Angstrom(string? unit) => unit is null or "" ? 1 : Metres(unit) * 1e10;

    public static double? Seconds(string? unit) => unit switch
    {
        null or "" or "s" or "sec" or "second" or "seconds" => 1,
        "ms" => 1e-3,
        "us" or "µs" or "μs" => 1e-6,
        "ns" => 1e-9,
        "min" => 60,
        _ => null,
    };

    public static double? Degrees(string? unit) => unit switch
    {
        null or "" or "deg" or "degree" or "degrees" or "°" => 1,
        "rad" or "radian" or "radians" => 180 / Math.PI,
        "mrad" => 0.18 / Math.PI,
        _ => null,
    };
}
