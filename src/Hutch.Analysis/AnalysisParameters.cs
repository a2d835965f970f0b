using Hutch.Analysis.Geometry;
using Hutch.Analysis.Spots;

namespace Hutch.Analysis;

internal sealed record AnalysisParameters
{
    /// <summary>The defaults: no resolution limits, spots on ice rings counted apart.</summary>
    public static AnalysisParameters Default { get; } = new();

    public SpotFinderParameters SpotFinder { get; init; } = SpotFinderParameters.Default;

    /// <summary>Spots of a smaller d, in Å, are dropped; null keeps all.</summary>
    public double? DMinAngstrom { get; init; }

    /// <summary>Spots of a larger d, in Å, are dropped; null keeps all.</summary>
    public double? DMaxAngstrom { get; init; }

    /// <summary>True to leave out spots on ice rings in the statistics that exclude them.</summary>
    public bool FilterIce { get; init; } = true;

    /// <summary>True to correct for the depth at which the sensor absorbs: see <see cref="Geometry.SensorDepth"/>.</summary>
    public bool CorrectsParallax { get; init; }

    /// <summary>Width of an ice ring in Å⁻².</summary>
    public double IceRingWidth { get; init; } = IceRings.DefaultWidth;

    /// <summary>Checks every value, and names the first one that is outside its range.</summary>
    public Result<AnalysisParameters> Validated()
    {
        string? wrong =
            NotNegative(nameof(DMinAngstrom), DMinAngstrom)
            ?? NotNegative(nameof(DMaxAngstrom), DMaxAngstrom)
            ?? NotNegative(nameof(IceRingWidth), IceRingWidth)
            ?? (DMinAngstrom > DMaxAngstrom ? "DMinAngstrom is larger than DMaxAngstrom: no spot can be between them." : null);
        return wrong is null
            ? SpotFinder.Validated().Then<AnalysisParameters>(_ => this)
            : ErrorCode.Unprocessable.With("The parameters of the analysis are not valid: " + wrong);
    }

    private static string? NotNegative(string name, double? value) =>
        value is null or (>= 0 and < double.PositiveInfinity)
            ? null
            : FormattableString.Invariant($"{name} is {value}; it must be 0 or more.");
}
