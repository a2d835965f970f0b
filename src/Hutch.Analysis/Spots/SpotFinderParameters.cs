namespace Hutch.Analysis.Spots;

/// <summary>
/// Parameters of the spot finder. The defaults are those of DIALS for pixel detectors; <c>docs/reference/spot-finding.md</c> has
/// the formulas in which each appears.
/// </summary>
public sealed record SpotFinderParameters
{
    /// <summary>
    /// The largest half width of the window. With it, count × sum of squares over a window stays below 2^63 for counted pixels
    /// (below 2^24), so that the tests can be evaluated in 64-bit integers.
    /// </summary>
    public const int MaxKernelHalfWidth = 6;

    /// <summary>The largest size of a spot that may be asked for: with it, moments stay below 2^63.</summary>
    public const int LargestMaxSpotSize = 10_000;

    public static SpotFinderParameters Default { get; } = new();

    /// <summary>The rule by which a pixel is strong.</summary>
    public SpotAlgorithm Algorithm { get; init; } = SpotAlgorithm.Dispersion;

    /// <summary>Half width of the window along x, in pixels: the window is 2·n+1 wide. 1 to <see cref="MaxKernelHalfWidth"/>.</summary>
    public int KernelHalfWidthX { get; init; } = 3;

    /// <summary>Half width of the window along y, in pixels: the window is 2·n+1 high. 1 to <see cref="MaxKernelHalfWidth"/>.</summary>
    public int KernelHalfWidthY { get; init; } = 3;

    /// <summary>Counts per photon. Above 0.</summary>
    public double Gain { get; init; } = 1;

    /// <summary>The standard deviations by which the index of dispersion must exceed that of a Poisson background. 0 or more.</summary>
    public double SigmaBackground { get; init; } = 6;

    /// <summary>The standard deviations by which a pixel must exceed the mean of its window. 0 or more.</summary>
    public double SigmaStrong { get; init; } = 3;

    /// <summary>The fewest counted pixels that a window may have; 0 or less means that every pixel of a full window must count.</summary>
    public int MinLocal { get; init; } = 2;

    /// <summary>
    /// A strong pixel is above this value, which is 0 or more; null chooses it for each image from the image's histogram.
    /// </summary>
    public double? GlobalThreshold { get; init; } = 0;

    /// <summary>
    /// The limit of a strong pixel in standard deviations of noise that goes below 0. 0 or more; 0, as in DIALS, for no such
    /// limit.
    /// </summary>
    public double SigmaNoise { get; init; } = 4;

    /// <summary>The fewest pixels of a spot, inclusive. 1 or more.</summary>
    public int MinSpotSize { get; init; } = 3;

    /// <summary>The most pixels of a spot, inclusive. At most <see cref="LargestMaxSpotSize"/>.</summary>
    public int MaxSpotSize { get; init; } = 1000;

    /// <summary>The largest distance, in pixels, between the brightest pixel of a spot and its centroid, inclusive.</summary>
    public double MaxSeparation { get; init; } = 2;

    /// <summary>
    /// An image with more than this fraction of strong pixels is refused: it is no diffraction image, or the mask is wrong.
    /// </summary>
    public double MaxStrongPixelFraction { get; init; } = 0.25;

    /// <summary>The pixels of a full window.</summary>
    internal int WindowPixels => ((2 * KernelHalfWidthX) + 1) * ((2 * KernelHalfWidthY) + 1);

    /// <summary>The fewest counted pixels, with the rule for 0 and less applied.</summary>
    internal int EffectiveMinLocal => MinLocal <= 0 ? WindowPixels : MinLocal;

    /// <summary>Checks every value, and names the first one that is outside its range.</summary>
    public Result<SpotFinderParameters> Validated()
    {
        string? wrong =
            Range(nameof(KernelHalfWidthX), KernelHalfWidthX, 1, MaxKernelHalfWidth)
            ?? Range(nameof(KernelHalfWidthY), KernelHalfWidthY, 1, MaxKernelHalfWidth)
            ?? (double.IsFinite(Gain) && Gain > 0 ? null : $"{nameof(Gain)} is {Gain}; it must be above 0.")
            ?? Range(nameof(SigmaBackground), SigmaBackground, 0, double.MaxValue)
            ?? Range(nameof(SigmaStrong), SigmaStrong, 0, double.MaxValue)
            ?? Range(nameof(GlobalThreshold), GlobalThreshold ?? 0, 0, double.MaxValue)
            ?? Range(nameof(SigmaNoise), SigmaNoise, 0, double.MaxValue)
            ?? Range(nameof(MinSpotSize), MinSpotSize, 1, LargestMaxSpotSize)
            ?? Range(nameof(MaxSpotSize), MaxSpotSize, MinSpotSize, LargestMaxSpotSize)
            ?? Range(nameof(MaxSeparation), MaxSeparation, 0, double.MaxValue)
            ?? Range(nameof(MaxStrongPixelFraction), MaxStrongPixelFraction, 0, 1)
            ?? (Enum.IsDefined(Algorithm) ? null : $"{nameof(Algorithm)} {Algorithm} is not known.");
        return wrong is null ? this : ErrorCode.Unprocessable.With("The spot finder's parameters are not valid: " + wrong);
    }

    // Written so that NaN is outside every range.
    private static string? Range(string name, double value, double least, double most) =>
        value >= least && value <= most ? null : FormattableString.Invariant($"{name} is {value}; it must be from {least} to {most}.");
}

/// <summary>The rule by which a pixel is strong.</summary>
public enum SpotAlgorithm
{
    /// <summary>Dispersion and strength over one window: what Diamond's per-image analysis uses, and the default here.</summary>
    Dispersion,

    /// <summary>
    /// Dispersion first, then strength against the background around the eroded foreground: the default of <c>dials.find_spots</c>.
    /// </summary>
    DispersionExtended,
}
