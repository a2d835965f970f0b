using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Pictures;
using Hutch.Analysis.Spots;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Steps;

/// <summary>
/// The mean of the counts by resolution, and a small picture of every frame: shows ice, powder and solvent rings, background, and what the
/// beamstop hides. See docs/reference/radial.md.
/// </summary>
internal sealed class RadialStep : ImageStep
{
    private const string ProfileFolder = "radial";
    private const string PictureFolder = "previews";

    /// <summary>A ring with fewer pixels says little: its mean does not count as the highest.</summary>
    private const int MinPixelsOfHighest = 30;

    private static readonly ParameterDeclaration Rings = new()
    {
        Name = "rings",
        Title = "Rings",
        Kind = ValueKind.WholeNumber,
        Description = "Into how many rings of equal width in q the frame is divided.",
        Default = JsonElement.Parse("200"),
        Minimum = 1,
        Maximum = ResolutionRings.MaxCount,
    };

    private static readonly ParameterDeclaration Black = new()
    {
        Name = "black",
        Title = "Black from",
        Kind = ValueKind.WholeNumber,
        Unit = "counts",
        Description = "From how many counts on a pixel of the picture is black; the scale is logarithmic.",
        Default = JsonElement.Parse("300"),
        Minimum = 1,
        Maximum = ushort.MaxValue,
    };

    private static readonly ParameterDeclaration Bin = new()
    {
        Name = "bin",
        Title = "Binning",
        Kind = ValueKind.WholeNumber,
        Unit = "pixels",
        Description = "The side of the square of which a pixel of the picture shows the largest value. "
            + "Default, and at least: so that the picture has at most 1024 pixels on a side.",
        Minimum = 1,
        Maximum = 64,
        Advanced = true,
    };

    public override StepDeclaration Declaration { get; } = new()
    {
        Name = "radial",
        Title = "Radial average and picture",
        Description = "The mean of the counts by resolution, and a small picture, of every frame.",
        Program = "hutch/radial",
        OutputSuffix = "radial",
        OutputTitle = "Radial averages",
        Parameters = [Rings, ResolutionRange.Highest, ResolutionRange.Lowest, Black, Bin],
        CheckTogether = ResolutionRange.Check,
        Columns =
        [
            new()
            {
                Name = "n_averaged",
                Title = "Averaged pixels",
                Kind = ValueKind.WholeNumber,
                Description = "Valid pixels within the rings.",
            },
            Number("mean", "Mean", "counts/pixel", "Mean of the averaged pixels.", 3) with { InSummary = true, InPlot = true },
            Number("ring_mean", "Highest ring", "counts/pixel", "Mean of the ring with the highest mean.", 3) with
            {
                InSummary = true, InPlot = true,
            },
            Number("ring_d", "Resolution of it", "Å", "Resolution in the middle of the ring with the highest mean.", 2) with
            {
                InSummary = true,
            },
            .. GridCell.Columns,
        ],
    };

    protected override Result<IImageAnalyser> Create(FrameHeader header, DetectorMask mask, ParameterValues values)
    {
        double? highest = values.Number(ResolutionRange.Highest.Name), lowest = values.Number(ResolutionRange.Lowest.Name);
        DetectorGeometry? geometry = DetectorGeometry.From(header);
        if (geometry is null && (highest ?? lowest) is not null)
        {
            return DetectorGeometry.Missing;
        }

        var rings = new ResolutionRings(mask, geometry, (int)values.WholeNumber(Rings.Name)!.Value, highest, lowest);
        var picture = new FramePicture(header, (int?)values.WholeNumber(Bin.Name), (int)values.WholeNumber(Black.Name)!.Value);
        return new Analyser(header, mask, rings, picture, hasResolution: geometry is not null);
    }

    private static ResultColumn Number(string name, string title, string unit, string description, int decimals) =>
        new() { Name = name, Title = title, Kind = ValueKind.Number, Unit = unit, Description = description, Decimals = decimals };

    private sealed class Analyser(
        FrameHeader header, DetectorMask mask, ResolutionRings rings, FramePicture picture, bool hasResolution)
        : IImageAnalyser, IDisposable
    {
        private readonly long[] _sums = new long[rings.Count];
        private readonly int[] _pixels = new int[rings.Count];

        public void Dispose()
        {
            rings.Dispose();
            picture.Dispose();
        }

        public HutchError? Analyse(ref FrameRows rows, RowWriter row) => header.Type.Size() switch
        {
            1 => Analyse<byte>(ref rows, row),
            2 => Analyse<ushort>(ref rows, row),
            _ => Analyse<uint>(ref rows, row),
        };

        private HutchError? Analyse<T>(ref FrameRows rows, RowWriter row)
            where T : unmanaged, IBinaryInteger<T>
        {
            Array.Clear(_sums);
            Array.Clear(_pixels);
            picture.Begin();
            int columns = header.Columns;
            for (int y = 0; y < header.Rows;)
            {
                if (rows.Advance(y) is { } damage)
                {
                    return damage;
                }

                ReadOnlySpan<T> band = MemoryMarshal.Cast<byte, T>(rows.Bytes);
                for (int at = 0; y < rows.End; y++, at += columns)
                {
                    ReadOnlySpan<T> pixels = band.Slice(at, columns);
                    picture.Add(y, pixels, mask.Bytes.Slice(y * columns, columns));
                    Sum(pixels, rings.OfPixels.Slice(y * columns, columns));
                }
            }

            WriteRow(row);
            picture.Write<T>(row.AddFile(PictureFolder, PngFile.Extension, PngFile.MediaType));
            if (hasResolution)
            {
                WriteProfile(row.AddFile(ProfileFolder, "csv", "text/csv"));
            }

            return null;
        }

        // Pixels without data, read as unsigned, are above the largest trusted value; so are negative ones that do not count.
        private void Sum<T>(ReadOnlySpan<T> pixels, ReadOnlySpan<ushort> ringOfPixel)
            where T : unmanaged, IBinaryInteger<T>
        {
            long smallest = header.SmallestData, trusted = header.LargestTrusted;
            int shift = header.SignShift;
            long[] sums = _sums;
            int[] counts = _pixels;
            for (int x = 0; x < pixels.Length; x++)
            {
                long value = (long)uint.CreateTruncating(pixels[x]) << shift >> shift;
                int ring = ringOfPixel[x];
                if (value >= smallest && value <= trusted && ring < sums.Length)
                {
                    sums[ring] += value;
                    counts[ring]++;
                }
            }
        }

        private void WriteRow(RowWriter row)
        {
            long pixels = 0, sum = 0;
            int highest = -1;
            for (int ring = 0; ring < rings.Count; ring++)
            {
                pixels += _pixels[ring];
                sum += _sums[ring];
                if (_pixels[ring] >= MinPixelsOfHighest && (highest < 0 || Mean(ring) > Mean(highest)))
                {
                    highest = ring;
                }
            }

            row.Add(pixels);
            row.Add(pixels == 0 ? double.NaN : (double)sum / pixels);
            row.Add(hasResolution && highest >= 0 ? Mean(highest) : double.NaN);
            row.Add(hasResolution && highest >= 0 ? rings.Resolution(highest) : double.NaN);
        }

        private double Mean(int ring) => (double)_sums[ring] / _pixels[ring];

        private void WriteProfile(IBufferWriter<byte> output)
        {
            output.Write("q,d,mean,pixels\n"u8);
            for (int ring = 0; ring < rings.Count; ring++)
            {
                Write(output, rings.Q(ring), ',');
                Write(output, rings.Resolution(ring), ',');
                if (_pixels[ring] > 0)
                {
                    Write(output, Mean(ring), ',');
                }
                else
                {
                    output.Write(","u8);
                }

                Write(output, _pixels[ring], '\n');
            }
        }

        /// <summary>The shortest number that is read back as the same one.</summary>
        private static void Write(IBufferWriter<byte> output, double value, char end)
        {
            const int MaxNumberBytes = 32;
            Span<byte> buffer = output.GetSpan(MaxNumberBytes + 1);
            value.TryFormat(buffer, out int length, default, CultureInfo.InvariantCulture);
            buffer[length] = (byte)end;
            output.Advance(length + 1);
        }
    }
}
