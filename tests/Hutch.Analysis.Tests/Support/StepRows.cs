using System.Text.Json;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model.Parameters;

namespace Hutch.Analysis.Tests.Support;

/// <summary>Runs steps on frames, and reads the rows that they write.</summary>
internal static class StepRows
{
    public static ParameterValues Values(IAnalysisStep step, string parameters = "{}") =>
        ParameterValues.Read(step.Declaration, JsonElement.Parse(parameters)).Value;

    public static IPreparedStep Prepare(ImageStep step, FrameHeader header, TestImage? image, string parameters = "{}") =>
        step.Prepare(header, image is null ? null : Mask(image), Values(step, parameters)).Value;

    public static NumericArray Mask(TestImage image)
    {
        uint[] mask = Array.ConvertAll(image.Valid, v => v ? 0u : 8u);
        return new NumericArray(
            ElementType.UInt32, [image.Height, image.Width], System.Runtime.InteropServices.MemoryMarshal.AsBytes<uint>(mask).ToArray());
    }

    public static JsonElement Row(ImageStep step, IPreparedStep prepared, ReadOnlySpan<byte> bytes, int number = 1, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var row = new RowWriter(step.Declaration.Columns);
        row.Write(prepared, new RawFrame(number, bytes, metadata));
        return JsonElement.Parse(row.Row.Span);
    }
}
