using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Geometry;

/// <summary>
/// The depth in its sensor at which a detector absorbs X-rays of one energy. An oblique ray is recorded at its point of absorption, which
/// is further out than its point of entry (parallax).
/// </summary>
/// <param name="AttenuationPerMetre">The linear attenuation coefficient µ of the sensor, in 1/m.</param>
internal sealed record SensorDepth(double AttenuationPerMetre, double ThicknessMetres)
{
    // Mass attenuation coefficients in cm²/g by energy in keV, and densities in g/cm³: J. H. Hubbell, S. M. Seltzer, NISTIR 5632 (1995),
    // https://physics.nist.gov/PhysRefData/XrayMassCoef. At an absorption edge there are two values.
    private static readonly Material Silicon = new(
        2.33,
        [
            (1, 1570), (1.5, 535.5), (1.8389, 309.2), (1.8389, 3192), (2, 2777), (3, 978.4), (4, 452.9), (5, 245), (6, 147), (8, 64.68),
            (10, 33.89), (15, 10.34), (20, 4.464), (30, 1.436), (40, 0.7012), (50, 0.4385), (60, 0.3207), (80, 0.2228), (100, 0.1835),
            (150, 0.1448), (200, 0.1275),
        ]);

    private static readonly Material CadmiumTelluride = new(
        6.2,
        [
            (1, 7927), (1.003, 7875), (1.006, 7824), (1.006, 8014), (1.5, 3291), (2, 1664), (3, 614.6), (3.537, 406.4), (3.537, 778.7),
            (3.631, 730), (3.727, 684), (3.727, 860.1), (4, 723), (4.018, 715.1), (4.018, 793.4), (4.177, 722.1), (4.341, 656.2),
            (4.341, 932.8), (4.475, 873.9), (4.612, 813.5), (4.612, 943.8), (4.773, 870.2), (4.939, 799.9), (4.939, 865.3), (5, 839.2),
            (6, 528.6), (8, 249.2), (10, 138.1), (15, 46.57), (20, 21.44), (26.711, 9.834), (26.711, 29.43), (30, 21.82), (31.814, 18.73),
            (31.814, 34.92), (40, 19.3), (50, 10.67), (60, 6.542), (80, 3.019), (100, 1.671), (150, 0.6071), (200, 0.3246),
        ]);

    private static readonly Dictionary<string, Material> Materials = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Si"] = Silicon,
        ["silicon"] = Silicon,
        ["CdTe"] = CadmiumTelluride,
        ["cadmium telluride"] = CadmiumTelluride,
    };

    /// <summary>Reads the sensor of a header, or returns the reason why the depth cannot be known.</summary>
    public static Result<SensorDepth> From(FrameHeader header)
    {
        if (header is not
            {
                SensorMaterial: { } name,
                SensorThicknessMetres: > 0 and { } thickness,
                WavelengthAngstrom: > 0 and { } wavelength,
            })
        {
            return Unknown("the header lacks the sensor's material or thickness, or the wavelength");
        }

        if (!Materials.TryGetValue(name, out Material? material))
        {
            return Unknown($"the sensor is of {Display.Quote(name)}, and Hutch knows Si and CdTe");
        }

        double energy = PhotonEnergy.OfWavelength(wavelength) / 1000;
        return material.AttenuationPerMetre(energy) is { } attenuation
            ? new SensorDepth(attenuation, thickness)
            : Unknown(FormattableString.Invariant($"the energy is {energy:0.###} keV, and Hutch knows 1 to 200 keV"));
    }

    /// <summary>
    /// The mean way in m that a ray has gone in the sensor when it is absorbed: 1/µ − (t/cos + 1/µ)·exp(−µ·t/cos), with cos that of the
    /// angle to the sensor's normal.
    /// </summary>
    public double MeanPathMetres(double cosine)
    {
        double whole = ThicknessMetres / cosine;
        double mean = 1 / AttenuationPerMetre;
        return mean - ((whole + mean) * Math.Exp(-AttenuationPerMetre * whole));
    }

    private static HutchError Unknown(string why) =>
        ErrorCode.Unprocessable.With($"The parallax cannot be corrected: {why}. Set parallax to false.");

    /// <param name="Density">In g/cm³.</param>
    /// <param name="Coefficients">By energy; between two, the logarithms are interpolated.</param>
    private sealed record Material(double Density, (double KiloElectronVolt, double SquareCentimetresPerGram)[] Coefficients)
    {
        private const double PerMetreFromPerCentimetre = 100;

        public double? AttenuationPerMetre(double energy)
        {
            int next = Array.FindIndex(Coefficients, coefficient => coefficient.KiloElectronVolt > energy);
            if (next < 1)
            {
                return null;
            }

            ((double below, double first), (double above, double last)) = (Coefficients[next - 1], Coefficients[next]);
            double part = Math.Log(energy / below) / Math.Log(above / below);
            return PerMetreFromPerCentimetre * Density * first * Math.Pow(last / first, part);
        }
    }
}
