using Hutch.Analysis.Geometry;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Statistics;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Steps;

/// <summary>Per-image analysis: spots and the nine statistics of each frame. See docs/reference/spot-finding.md.</summary>
internal sealed class SpotFindingStep : ImageStep
{
    private static readonly ParameterDeclaration Positions = new()
    {
        Name = "spots",
        Title = "Keep the positions",
        Kind = ValueKind.Boolean,
        Description = "Save spot positions to overlay them on images (about 6 bytes per spot).",
    };

    public override StepDeclaration Declaration { get; } = new()
    {
        Name = "spots",
        Title = "Spot finding",
        Description = "Finds the diffraction spots of every frame: their number, intensity and resolution.",
        Program = "hutch/per-image-analysis",
        OutputSuffix = "spots",
        OutputTitle = "Spots",
        Parameters = [.. SpotFindingValues.Declared, Positions],
        CheckTogether = ResolutionRange.Check,
        Columns =
        [
            Count("n_spots_total", "Spots", "All spots within the resolution limits.") with { InSummary = true, InPlot = true },
            Count("n_spots_no_ice", "Spots without ice", "Spots outside the ice rings.") with { InSummary = true },
            Count("n_spots_4A", "Spots beyond 4 Å", "Spots with d > 4 Å.") with { Unknown = ImageStatistics.Unknown },
            new()
            {
                Name = "total_intensity",
                Title = "Intensity",
                Kind = ValueKind.Number,
                Unit = "counts",
                Description = "Summed intensity of the spots outside the ice rings.",
                InSummary = true,
            },
            Resolution("estimated_d_min", "Resolution", "Resolution from the fall of ln(I/σ) with 1/d².")
                with { InSummary = true, InPlot = true },
            Resolution("d_min_distl_method_1", "d min, method 1", "Resolution by the first method of DISTL."),
            Noisiness("noisiness_method_1", "Noisiness 1", "How far from monotonic the curve of the first method is, 0 to 1."),
            Resolution("d_min_distl_method_2", "d min, method 2", "Resolution by the second method of DISTL."),
            Noisiness("noisiness_method_2", "Noisiness 2", "How far from monotonic the counts of the second method are, 0 to 1."),
            new()
            {
                Name = "spot_positions",
                Title = "Positions",
                Kind = ValueKind.Text,
                Description = "Where the spots are: base64 of unsigned 16-bit numbers, units of a pixel, then x and y of each in units.",
                IsOptional = true,
            },
            .. GridCell.Columns,
        ],
    };

    protected override long WorkingBytes(long pixels) =>
        SpotFinder.StrongBytes(pixels, new SpotFinderParameters().MaxStrongPixelFraction);

    protected override Result<IImageAnalyser> Create(FrameHeader header, DetectorMask mask, ParameterValues values)
    {
        AnalysisParameters parameters = SpotFindingValues.Read(values);
        SpotPositions? positions = values.Boolean(Positions.Name) == true ? new SpotPositions() : null;
        Result<DetectorGeometry?> geometry = DetectorGeometry.From(header, parameters.CorrectsParallax);
        return geometry.Then(known => PerImageAnalysis.Create(mask, known, parameters, header.LargestTrusted, header.SmallestData))
            .Then(analysis => Result<IImageAnalyser>.Ok(new Analyser(analysis, header, positions)));
    }

    private static ResultColumn Count(string name, string title, string description) =>
        new() { Name = name, Title = title, Kind = ValueKind.WholeNumber, Description = description };

    private static ResultColumn Resolution(string name, string title, string description) => new()
    {
        Name = name,
        Title = title,
        Kind = ValueKind.Number,
        Unit = "Å",
        Description = description,
        Decimals = 2,
        Unknown = ImageStatistics.Unknown,
    };

    private static ResultColumn Noisiness(string name, string title, string description) => new()
    {
        Name = name,
        Title = title,
        Kind = ValueKind.Number,
        Description = description,
        Decimals = 3,
        Unknown = ImageStatistics.Unknown,
    };

    private sealed class Analyser(PerImageAnalysis analysis, FrameHeader header, SpotPositions? positions) : IImageAnalyser
    {
        // Pixels are read as unsigned; the finder knows whether they have a sign.
        public HutchError? Analyse(ref FrameRows rows, RowWriter row)
        {
            Result<ImageStatistics> result = header.Type.Size() switch
            {
                1 => analysis.Analyse<byte>(ref rows),
                2 => analysis.Analyse<ushort>(ref rows),
                _ => analysis.Analyse<uint>(ref rows),
            };
            row.Strong?.Set(analysis.Strong);
            if (!result.TryGet(out ImageStatistics found, out HutchError? refusal))
            {
                return refusal;
            }

            row.Add(found.SpotsTotal);
            row.Add(found.SpotsNoIce);
            row.Add(found.Spots4Angstrom);
            row.Add(found.TotalIntensity);
            row.Add(found.EstimatedDMin);
            row.Add(found.DMinDistlMethod1);
            row.Add(found.NoisinessMethod1);
            row.Add(found.DMinDistlMethod2);
            row.Add(found.NoisinessMethod2);
            if (positions is null)
            {
                row.Omit();
            }
            else
            {
                row.Add(positions.Write(analysis.Counted, header.Columns, header.Rows));
            }

            return null;
        }
    }
}
