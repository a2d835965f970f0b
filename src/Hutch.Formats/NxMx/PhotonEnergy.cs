namespace Hutch.Formats.NxMx;

/// <summary>The energy of photons of a wavelength: E = hc / λ, with h and c as CODATA 2018 has them, exactly.</summary>
public static class PhotonEnergy
{
    private const double PlanckTimesLightElectronVoltAngstrom = 12398.419843320026;

    /// <summary>The wavelength in Å of photons of an energy in eV.</summary>
    public static double WavelengthOf(double electronVolt) => PlanckTimesLightElectronVoltAngstrom / electronVolt;

    /// <summary>The energy in eV of photons of a wavelength in Å.</summary>
    public static double OfWavelength(double angstrom) => PlanckTimesLightElectronVoltAngstrom / angstrom;
}
