using System.Text.Json;
using Hutch.Analysis.Spots;

namespace Hutch.Analysis.Steps;

/// <summary>The parameters of <see cref="SpotFindingStep"/>. See docs/reference/spot-finding.md for the formulas.</summary>
internal static class SpotFindingValues
{
    private const string Extended = "dispersion_extended";
    private const string Diamond = "pia";
    private const string Dials = "dials";

    private static readonly SpotFinderParameters Finder = SpotFinderParameters.Default;
    private static readonly AnalysisParameters Analysis = AnalysisParameters.Default;

    private static readonly ParameterDeclaration Preset = new()
    {
        Name = ParameterDeclaration.Preset,
        Title = "Preset",
        Kind = ValueKind.Text,
        Description = "Start from the defaults of Diamond's per-image analysis or of dials.find_spots.",
        Choices = [Diamond, Dials],
    };

    private static readonly ParameterDeclaration Algorithm = new()
    {
        Name = "algorithm",
        Title = "Algorithm",
        Kind = ValueKind.Text,
        Description = "The rule that decides which pixels are strong.",
        Choices = ["dispersion", Extended],
        Default = JsonElement.Parse("\"dispersion\""),
        Presets = In(Dials, $"\"{Extended}\""),
    };

    private static readonly ParameterDeclaration Lowest = ResolutionRange.Lowest with { Presets = In(Diamond, "40") };

    private static readonly ParameterDeclaration MinSpotSize = Whole(
        "minSpotSize", "Smallest spot", "The fewest pixels of a spot.", Finder.MinSpotSize, SpotFinderParameters.LargestMaxSpotSize);

    private static readonly ParameterDeclaration MaxSpotSize = Whole(
        "maxSpotSize", "Largest spot", "The most pixels of a spot.", Finder.MaxSpotSize, SpotFinderParameters.LargestMaxSpotSize);

    private static readonly ParameterDeclaration SigmaBackground = Number(
        "sigmaBackground",
        "Dispersion limit",
        "By how many standard deviations the index of dispersion exceeds that of a Poisson background.",
        Finder.SigmaBackground);

    private static readonly ParameterDeclaration SigmaStrong = Number(
        "sigmaStrong", "Strength limit", "By how many standard deviations a strong pixel exceeds the mean.", Finder.SigmaStrong);

    private static readonly ParameterDeclaration Gain =
        Number("gain", "Gain", "Counts per photon.", Finder.Gain) with { Minimum = null, ExclusiveMinimum = 0 };

    private static readonly ParameterDeclaration Threshold = Number(
        "globalThreshold", "Threshold", "A strong pixel is above this value.", Finder.GlobalThreshold ?? 0);

    private static readonly ParameterDeclaration SigmaNoise = Number(
        "sigmaNoise",
        "Noise limit",
        "By how many standard deviations a strong pixel exceeds noise that goes below 0, as that of integrating detectors does.",
        Finder.SigmaNoise) with
    {
        Presets = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            [Diamond] = JsonElement.Parse("0"),
            [Dials] = JsonElement.Parse("0"),
        },
    };

    private static readonly ParameterDeclaration IceFilter = Switch(
        "iceFilter", "Ice filter", "Whether spots on ice rings are counted apart.", Analysis.FilterIce) with
    {
        Presets = In(Dials, "false"),
    };

    private static readonly ParameterDeclaration IceRingWidth =
        Number("iceRingWidth", "Width of ice rings", "The width of an ice ring in 1/d².", Analysis.IceRingWidth) with { Unit = "Å⁻²" };

    private static readonly ParameterDeclaration Parallax = Switch(
        "parallax",
        "Parallax correction",
        "Whether the resolution allows for the depth at which the sensor absorbs.",
        Analysis.CorrectsParallax) with
    { Presets = In(Dials, "true") };

    public static IReadOnlyList<ParameterDeclaration> Declared { get; } =
    [
        Preset, Algorithm, ResolutionRange.Highest, Lowest, MinSpotSize, MaxSpotSize, SigmaBackground, SigmaStrong, Gain, Threshold,
        SigmaNoise, IceFilter, IceRingWidth, Parallax,
    ];

    public static AnalysisParameters Read(ParameterValues values) => new()
    {
        SpotFinder = Finder with
        {
            Algorithm = values.Text(Algorithm.Name) == Extended ? SpotAlgorithm.DispersionExtended : SpotAlgorithm.Dispersion,
            MinSpotSize = (int?)values.WholeNumber(MinSpotSize.Name) ?? Finder.MinSpotSize,
            MaxSpotSize = (int?)values.WholeNumber(MaxSpotSize.Name) ?? Finder.MaxSpotSize,
            SigmaBackground = values.Number(SigmaBackground.Name) ?? Finder.SigmaBackground,
            SigmaStrong = values.Number(SigmaStrong.Name) ?? Finder.SigmaStrong,
            Gain = values.Number(Gain.Name) ?? Finder.Gain,
            GlobalThreshold = values.Number(Threshold.Name) ?? Finder.GlobalThreshold,
            SigmaNoise = values.Number(SigmaNoise.Name) ?? Finder.SigmaNoise,
        },
        DMinAngstrom = values.Number(ResolutionRange.Highest.Name),
        DMaxAngstrom = values.Number(Lowest.Name),
        FilterIce = values.Boolean(IceFilter.Name) ?? Analysis.FilterIce,
        IceRingWidth = values.Number(IceRingWidth.Name) ?? Analysis.IceRingWidth,
        CorrectsParallax = values.Boolean(Parallax.Name) ?? Analysis.CorrectsParallax,
    };

    private static ParameterDeclaration Whole(string name, string title, string description, int standard, int most) =>
        Number(name, title, description, standard) with { Kind = ValueKind.WholeNumber, Minimum = 1, Maximum = most };

    private static ParameterDeclaration Number(string name, string title, string description, double standard) => new()
    {
        Name = name,
        Title = title,
        Kind = ValueKind.Number,
        Description = description,
        Default = JsonElement.Parse(FormattableString.Invariant($"{standard}")),
        Minimum = 0,
        Advanced = true,
    };

    private static ParameterDeclaration Switch(string name, string title, string description, bool standard) => new()
    {
        Name = name,
        Title = title,
        Kind = ValueKind.Boolean,
        Description = description,
        Default = JsonElement.Parse(standard ? "true" : "false"),
        Advanced = true,
    };

    private static Dictionary<string, JsonElement> In(string preset, string value) =>
        new(StringComparer.Ordinal) { [preset] = JsonElement.Parse(value) };
}
