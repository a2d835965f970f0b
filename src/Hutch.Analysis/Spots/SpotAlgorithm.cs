namespace Hutch.Analysis.Spots;

/// <summary>Which rule decides that a pixel is strong.</summary>
public enum SpotAlgorithm
{
    /// <summary>Dispersion and strength over one window: what Diamond's per-image analysis uses, and the default here.</summary>
    Dispersion,

    /// <summary>
    /// Dispersion first, then strength against the background around the eroded foreground: the default of <c>dials.find_spots</c>.
    /// </summary>
    DispersionExtended,
}
