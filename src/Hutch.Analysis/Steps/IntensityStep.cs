using System.Numerics;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Steps;

/// <summary>Intensity of each frame: shows beam loss, a closed shutter or an overload. See docs/reference/intensity.md.</summary>
internal sealed class IntensityStep : ImageStep
{
    private static readonly ParameterDeclaration Saturation = new()
    {
        Name = "saturation",
        Title = "Saturation",
        Kind = ValueKind.WholeNumber,
        Unit = "counts",
        Description = "Pixels with more counts are saturated. Default: the header's saturation value.",
        Minimum = 0,
        Maximum = uint.MaxValue,
    };

    public override StepDeclaration Declaration { get; } = new()
    {
        Name = "intensity",
        Title = "Intensity",
        Description = "Sum, mean, spread and range of the counts in every frame, and the number of saturated and masked pixels.",
        Program = "hutch/intensity",
        OutputSuffix = "intensity",
        OutputTitle = "Intensity",
        Parameters = [Saturation, ResolutionRange.Highest, ResolutionRange.Lowest],
        CheckTogether = ResolutionRange.Check,
        Columns =
        [
            Pixels("n_valid", "Valid pixels", "Pixels used in the sums."),
            Pixels("n_masked", "Masked pixels", "Pixels excluded by the mask or the resolution limits."),
            Pixels("n_no_data", "Pixels without data", "Unmasked pixels for which the detector gave no count."),
            Pixels("n_saturated", "Saturated pixels", "Unmasked pixels above the saturation value.") with
            {
                InSummary = true, InPlot = true,
            },
            Counts("sum", "Sum", "counts", "Sum of the valid pixels.") with { InSummary = true },
            Counts("mean", "Mean", "counts/pixel", "Mean of the valid pixels.")
                with { Kind = ValueKind.Number, Decimals = 3, InSummary = true, InPlot = true },
            Counts("std_dev", "Standard deviation", "counts/pixel", "Population standard deviation of the valid pixels.")
                with { Kind = ValueKind.Number, Decimals = 3 },
            Counts("min", "Minimum", "counts/pixel", "Smallest valid pixel."),
            Counts("max", "Maximum", "counts/pixel", "Largest valid pixel.") with { InSummary = true },
            .. GridCell.Columns,
        ],
    };

    protected override Result<IImageAnalyser> Create(FrameHeader header, DetectorMask mask, ParameterValues values)
    {
        uint trusted = Math.Min((uint)(values.WholeNumber(Saturation.Name) ?? header.LargestTrusted), header.LargestData);
        double? highest = values.Number(ResolutionRange.Highest.Name), lowest = values.Number(ResolutionRange.Lowest.Name);
        if ((highest ?? lowest) is null)
        {
            return new Analyser(mask, header, trusted);
        }

        return DetectorGeometry.From(header) is { } geometry
            ? new Analyser(Within(mask, geometry, highest ?? 0, lowest ?? double.PositiveInfinity), header, trusted)
            : DetectorGeometry.Missing;
    }

    private static DetectorMask Within(DetectorMask mask, DetectorGeometry geometry, double highest, double lowest)
    {
        var valid = new bool[mask.Bytes.Length];
        for (int i = 0; i < valid.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, mask.Width);
            double d = geometry.Resolution(x + 0.5, y + 0.5);
            valid[i] = mask.Bytes[i] != 0 && d >= highest && d <= lowest;
        }

        return DetectorMask.FromValid(mask.Width, mask.Height, valid);
    }

    private static ResultColumn Pixels(string name, string title, string description) =>
        new() { Name = name, Title = title, Kind = ValueKind.WholeNumber, Description = description };

    private static ResultColumn Counts(string name, string title, string unit, string description) =>
        new() { Name = name, Title = title, Kind = ValueKind.WholeNumber, Unit = unit, Description = description };

    private sealed class Analyser(DetectorMask mask, FrameHeader header, uint trusted) : IImageAnalyser
    {
        public HutchError? Analyse(ref FrameRows rows, RowWriter row)
        {
            while (rows.End < mask.Height)
            {
                if (rows.Advance(0) is { } damage)
                {
                    return damage;
                }
            }

            ReadOnlySpan<byte> pixels = rows.Bytes;
            switch (header.Type.Size())
            {
                case 1:
                    Sum(pixels, row);
                    break;
                case 2:
                    Sum(MemoryMarshal.Cast<byte, ushort>(pixels), row);
                    break;
                default:
                    Sum(MemoryMarshal.Cast<byte, uint>(pixels), row);
                    break;
            }

            return null;
        }

        // Pixels are read as unsigned, and get their sign back where negative ones count. Others are above LargestData.
        private void Sum<T>(ReadOnlySpan<T> pixels, RowWriter row)
            where T : unmanaged, IBinaryInteger<T>
        {
            ReadOnlySpan<byte> used = mask.Bytes;
            long smallest = header.SmallestData, largestTrusted = trusted, largestData = header.LargestData;
            int shift = header.SignShift;
            long valid = 0, masked = 0, noData = 0, sum = 0;
            ulong squaresLow = 0, squaresHigh = 0;
            long min = long.MaxValue, max = long.MinValue;
            for (int i = 0; i < pixels.Length; i++)
            {
                long value = (long)uint.CreateTruncating(pixels[i]) << shift >> shift;
                if (used[i] == 0)
                {
                    masked++;
                }
                else if (value < smallest || value > largestData)
                {
                    noData++;
                }
                else if (value <= largestTrusted)
                {
                    valid++;
                    sum += value;
                    ulong square = (ulong)(value * value);
                    squaresLow += square;
                    squaresHigh += squaresLow < square ? 1UL : 0;
                    min = Math.Min(min, value);
                    max = Math.Max(max, value);
                }
            }

            row.Add(valid);
            row.Add(masked);
            row.Add(noData);
            row.Add(pixels.Length - valid - masked - noData);
            row.Add(sum);
            if (valid == 0)
            {
                row.AddUnknown();
                row.AddUnknown();
                row.AddUnknown();
                row.AddUnknown();
                return;
            }

            // n²·variance = n·Σx² − (Σx)², in 128-bit integers: no rounding, no cancellation.
            var squares = new UInt128(squaresHigh, squaresLow);
            row.Add((double)sum / valid);
            row.Add(Math.Sqrt((double)(((UInt128)valid * squares) - (UInt128)((Int128)sum * sum))) / valid);
            row.Add(min);
            row.Add(max);
        }
    }
}
