using System.Xml.Linq;

namespace Hutch.Simulator.Microscope;

internal static class MovieNotes
{
    public static string Xml(MicroscopeOptions options, int movie, string name, DateTimeOffset time)
    {
        var random = new SimulationRandom(options.Seed, ulong.MaxValue - (ulong)movie);
        double area = options.PixelAngstrom * options.PixelAngstrom;
        var image = new XElement(
            "MicroscopeImage",
            new XElement("Name", name),
            new XElement("AcquisitionDateTime", time.ToString("O", CultureInfo.InvariantCulture)),
            Quantity("AccelerationVoltage", 300, "kV"),
            Quantity("PixelSize", options.PixelAngstrom, "Å"),
            Quantity("Dose", options.ElectronsPerPixel * options.Frames / area, "e/Å²"),
            Quantity("Defocus", -0.8 - random.NextUnit(), "µm"),
            Quantity("StageX", 1000 * (random.NextUnit() - 0.5), "µm"),
            Quantity("StageY", 1000 * (random.NextUnit() - 0.5), "µm"),
            new XElement("NumberOfFractions", options.Frames));
        return new XDocument(new XDeclaration("1.0", "utf-8", null), image).Declaration + "\n" + image + "\n";
    }

    private static XElement Quantity(string name, double value, string unit) =>
        new(name, new XAttribute("unit", unit), value.ToString("0.####", CultureInfo.InvariantCulture));
}
