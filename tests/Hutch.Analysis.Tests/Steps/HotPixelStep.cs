using System.Runtime.InteropServices;
using System.Text.Json;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Steps;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Analysis.Tests.Steps;

/// <summary>The example of docs/extending.md.</summary>
internal sealed class HotPixelStep : ImageStep
{
    private static readonly ParameterDeclaration Above = new()
    {
        Name = "above",
        Title = "Threshold",
        Kind = ValueKind.WholeNumber,
        Unit = "counts",
        Minimum = 0,
        Description = "Pixels with more counts are hot.",
        Default = JsonElement.Parse("1000"),
    };

    public override StepDeclaration Declaration { get; } = new()
    {
        Name = "hot-pixels",
        Title = "Hot pixels",
        Description = "Counts the hot pixels in every frame.",
        Program = "hutch/hot-pixels",
        OutputSuffix = "hot",
        OutputTitle = "Hot pixels",
        Parameters = [Above],
        Columns =
        [
            new()
            {
                Name = "n_hot", Title = "Hot pixels", Kind = ValueKind.WholeNumber,
                Description = "Pixels above the threshold.",
                InPlot = true, InSummary = true,
            },
            .. GridCell.Columns,
        ],
    };

    protected override Result<IImageAnalyser> Create(FrameHeader header, DetectorMask mask, ParameterValues values) =>
        new Analyser(header, mask, values.WholeNumber(Above.Name)!.Value);

    private sealed class Analyser(FrameHeader header, DetectorMask mask, long above) : IImageAnalyser
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

            row.Add(header.Type.Size() switch
            {
                1 => Count<byte>(rows.Bytes),
                2 => Count<ushort>(rows.Bytes),
                _ => Count<uint>(rows.Bytes),
            });
            return null;
        }

        private long Count<T>(ReadOnlySpan<byte> frame)
            where T : unmanaged, IConvertible
        {
            ReadOnlySpan<T> pixels = MemoryMarshal.Cast<byte, T>(frame);
            long hot = 0;
            for (int i = 0; i < pixels.Length; i++)
            {
                hot += mask.Bytes[i] != 0 && pixels[i].ToInt64(null) > above ? 1 : 0;
            }

            return hot;
        }
    }
}
