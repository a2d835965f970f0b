using Hutch.Analysis.Geometry;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Statistics;

namespace Hutch.Analysis;

/// <summary>From pixels to nine statistics: strong pixels, spots, resolution, ice rings. Keeps memory; one instance a thread.</summary>
/// <remarks>
/// Without a geometry there is no resolution: then no spot is ice, <c>n_spots_4A</c> and the last five statistics are -1.
/// </remarks>
internal sealed class PerImageAnalysis
{
    private readonly AnalysisParameters _parameters;
    private readonly DetectorGeometry? _geometry;
    private readonly SpotFinder _finder;
    private readonly IceRings _ice;
    private readonly ImageStatisticsCalculator _calculator = new();
    private StatisticsSpot[] _spots = new StatisticsSpot[256];
    private Spot[] _counted = new Spot[256];
    private int _countedSpots;

    private PerImageAnalysis(
        DetectorMask mask, DetectorGeometry? geometry, AnalysisParameters parameters, uint largestTrusted, long smallest)
    {
        _parameters = parameters;
        _geometry = geometry;
        _finder = new SpotFinder(mask, parameters.SpotFinder, largestTrusted, smallest);
        _ice = new IceRings(parameters.IceRingWidth);
    }

    /// <summary>Prepares the analysis of frames of one detector, or returns the error of its inputs.</summary>
    /// <param name="mask">The valid pixels, and with them the size of the frames.</param>
    /// <param name="geometry">The position of the detector; null when it is unknown.</param>
    /// <param name="largestTrusted">A pixel above it is invalid.</param>
    /// <param name="smallest">A pixel below it is invalid; if it is negative, pixels have a sign.</param>
    public static Result<PerImageAnalysis> Create(
        DetectorMask mask, DetectorGeometry? geometry, AnalysisParameters parameters, uint largestTrusted = uint.MaxValue,
        long smallest = 0)
    {
        if (parameters.Validated().Error is { } wrong)
        {
            return wrong;
        }

        if (geometry is null && (parameters.DMinAngstrom ?? parameters.DMaxAngstrom) is not null)
        {
            return DetectorGeometry.Missing;
        }

        return new PerImageAnalysis(mask, geometry, parameters, largestTrusted, smallest);
    }

    /// <summary>Analyses one frame, or says why it cannot be (too many strong pixels).</summary>
    /// <param name="pixels">Row by row.</param>
    public Result<ImageStatistics> Analyse<TPixel>(ReadOnlySpan<TPixel> pixels)
        where TPixel : unmanaged => Summarise(_finder.FindSpots(pixels));

    /// <summary>Analyses one frame while it is decoded, or says why it cannot be (damaged, too many strong pixels).</summary>
    public Result<ImageStatistics> Analyse<TPixel>(ref FrameRows rows)
        where TPixel : unmanaged => Summarise(_finder.FindSpots<TPixel>(ref rows));

    /// <summary>The spots of the last frame within the resolution limits: those that <c>n_spots_total</c> counts.</summary>
    public ReadOnlySpan<Spot> Counted => _counted.AsSpan(0, _countedSpots);

    /// <summary>The strong pixels of the last frame as y·width + x, ascending, whether they made a spot or not.</summary>
    public ReadOnlySpan<int> Strong => _finder.Strong;

    private Result<ImageStatistics> Summarise(Result<SpotList> found)
    {
        if (!found.TryGet(out SpotList? spots, out HutchError? error))
        {
            return error;
        }

        if (_counted.Length < spots.Count)
        {
            _counted = new Spot[spots.Count * 2];
        }

        return _geometry is null ? WithoutGeometry(spots.Spots) : _calculator.Compute(WithResolution(spots.Spots, _geometry));
    }

    private ImageStatistics WithoutGeometry(ReadOnlySpan<Spot> spots)
    {
        spots.CopyTo(_counted);
        _countedSpots = spots.Length;
        const double Unknown = ImageStatistics.Unknown;
        double intensity = 0;
        foreach (ref readonly Spot spot in spots)
        {
            intensity += spot.Intensity;
        }

        return new ImageStatistics(spots.Length, spots.Length, (int)Unknown, intensity, Unknown, Unknown, Unknown, Unknown, Unknown);
    }

    private ReadOnlySpan<StatisticsSpot> WithResolution(ReadOnlySpan<Spot> spots, DetectorGeometry geometry)
    {
        if (_spots.Length < spots.Length)
        {
            _spots = new StatisticsSpot[spots.Length * 2];
        }

        int count = 0;
        double furthest = 0;
        foreach (ref readonly Spot spot in spots)
        {
            var candidate = new StatisticsSpot(geometry.InverseResolution(spot.CentroidX, spot.CentroidY), spot.Intensity, IsIce: false);
            if (IsWithinLimits(candidate))
            {
                furthest = Math.Max(furthest, candidate.InverseSquare);
                _counted[count] = spot;
                _spots[count++] = candidate;
            }
        }

        _countedSpots = count;
        Span<StatisticsSpot> found = _spots.AsSpan(0, count);
        if (_parameters.FilterIce)
        {
            MarkIce(found, furthest);
        }

        return found;
    }

    // Where the beam goes through there is no resolution, and no diffraction.
    private bool IsWithinLimits(StatisticsSpot spot) =>
        spot.InverseResolution > 0
        && !(spot.Resolution < _parameters.DMinAngstrom)
        && !(spot.Resolution > _parameters.DMaxAngstrom);

    // Rings are known out to the spot of highest resolution.
    private void MarkIce(Span<StatisticsSpot> spots, double furthest)
    {
        ReadOnlySpan<double> rings = _ice.UpTo(furthest);
        foreach (ref StatisticsSpot spot in spots)
        {
            spot = spot with { IsIce = _ice.IsIce(rings, spot.InverseSquare) };
        }
    }
}
