using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Steps;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Tests.Steps;

/// <summary>Every number against the obvious way to get it: a list of the pixels, and whole numbers of any size.</summary>
public sealed class IntensityStepTests
{
    private static readonly IntensityStep Step = new();

    private static readonly FrameHeader Header = new()
    {
        Rows = TestData.SyntheticHeight,
        Columns = TestData.SyntheticWidth,
        Type = ElementType.UInt16,
        WavelengthAngstrom = 0.9763,
        DistanceMetres = 0.1,
        PixelSizeXMetres = 300e-6,
        PixelSizeYMetres = 300e-6,
        BeamCenterX = 165.5,
        BeamCenterY = 126.5,
    };

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void The_row_of_a_stored_chunk_is_that_of_the_slow_rules(int number)
    {
        TestImage image = TestData.Synthetic(number);

        JsonElement row = StepRows.Row(Step, StepRows.Prepare(Step, Header, image), TestData.Chunk(number), number);

        AssertSame(Slow([.. image.Pixels.Select((p, i) => ((long)p, image.Valid[i]))], 65534, 65534), row);
    }

    [Theory]
    [InlineData(ElementType.UInt8), InlineData(ElementType.Int8), InlineData(ElementType.UInt16), InlineData(ElementType.Int16)]
    [InlineData(ElementType.UInt32), InlineData(ElementType.Int32)]
    public void Pixels_of_every_type_are_summed_up_to_their_largest_value(ElementType type)
    {
        (long least, long most, long noData) = type switch
        {
            ElementType.UInt8 => (0L, byte.MaxValue - 1L, (long)byte.MaxValue),
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue, -1),
            ElementType.UInt16 => (0, ushort.MaxValue - 1, ushort.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue, -2),
            ElementType.UInt32 => (0, uint.MaxValue - 1, uint.MaxValue),
            _ => (int.MinValue, int.MaxValue, -1),
        };
        var random = new Random(1);
        (long Value, bool IsGood)[] pixels =
            [(most, true), (most, true), (noData, true), (noData, false), (0, true), (1, true), .. Enumerable.Range(0, 994).Select(_ => (random.NextInt64(least, most + 1), random.Next(5) > 0))];
        FrameHeader header = Plain(type, pixels.Length, null);

        JsonElement row = StepRows.Row(Step, StepRows.Prepare(Step, header, Image(pixels)), Bytes(type, pixels));

        AssertSame(Slow(pixels, most, most), row);
        Assert.Equal(most, row.GetProperty("max").GetInt64());
    }

    [Theory]
    [InlineData(100.0, "{}", 100L)]
    [InlineData(100.0, "{\"saturation\":7}", 7L)]
    [InlineData(null, "{\"saturation\":7}", 7L)]
    [InlineData(null, "{\"saturation\":4294967295}", 65534L)]
    public void Saturated_pixels_are_counted_apart(double? saysHeader, string parameters, long trusted)
    {
        var random = new Random(2);
        (long Value, bool IsGood)[] pixels = [(65535, true), (65534, true), (100, true), (101, true), (7, true), (8, true), .. Enumerable.Range(0, 500).Select(_ => ((long)random.Next(200), random.Next(5) > 0))];

        JsonElement row = StepRows.Row(
            Step, StepRows.Prepare(Step, Plain(ElementType.UInt16, pixels.Length, saysHeader), Image(pixels), parameters), Bytes(ElementType.UInt16, pixels));

        AssertSame(Slow(pixels, trusted, 65534), row);
    }

    [Theory]
    [InlineData(ElementType.Int8, -100.0, -100), InlineData(ElementType.Int16, -100.5, -100), InlineData(ElementType.Int32, -1e9, -1_000_000_000)]
    [InlineData(ElementType.Int32, double.NegativeInfinity, -int.MaxValue), InlineData(ElementType.UInt16, -5.0, 0), InlineData(ElementType.UInt16, 5.0, 5)]
    [InlineData(ElementType.Int16, 5.0, 5), InlineData(ElementType.Int16, double.NaN, 0)]
    public void Numbers_count_down_to_the_smallest_that_the_file_says(ElementType type, double says, long smallest)
    {
        var random = new Random(3);
        (long least, long most) = type switch
        {
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue),
            ElementType.UInt16 => (0L, ushort.MaxValue - 1L),
            _ => (int.MinValue, int.MaxValue),
        };
        (long Value, bool IsGood)[] pixels =
            [(smallest, true), .. smallest > least ? [(smallest - 1, true)] : Array.Empty<(long, bool)>(), .. Enumerable.Range(0, 500).Select(_ => (random.NextInt64(least, most + 1), random.Next(5) > 0))];
        FrameHeader header = Plain(type, pixels.Length, null) with { UnderloadValue = says };

        JsonElement row = StepRows.Row(Step, StepRows.Prepare(Step, header, Image(pixels)), Bytes(type, pixels));

        AssertSame(Slow(pixels, most, most, smallest), row);
        Assert.Equal(smallest, header.SmallestData);
    }

    [Fact]
    public void Resolution_limits_leave_pixels_out_by_their_centres()
    {
        TestImage image = TestData.Synthetic(3);
        DetectorGeometry geometry = DetectorGeometry.From(Header)!;

        JsonElement row = StepRows.Row(Step, StepRows.Prepare(Step, Header, image, """{"dMin":2.5,"dMax":6}"""), TestData.Chunk(3));

        (long, bool)[] pixels = [.. image.Pixels.Select((p, i) =>
        {
            double d = geometry.Resolution((i % image.Width) + 0.5, (i / image.Width) + 0.5);
            return ((long)p, image.Valid[i] && d >= 2.5 && d <= 6);
        })];
        AssertSame(Slow(pixels, 65534, 65534), row);
        Assert.InRange(row.GetProperty("n_valid").GetInt64(), 1000, image.Pixels.Length - 1000);
    }

    [Fact]
    public void Limits_without_a_geometry_are_refused_with_words()
    {
        Result<IPreparedStep> result = Step.Prepare(Header with { DistanceMetres = null }, null, StepRows.Values(Step, """{"dMin":2}"""));

        Assert.Contains("need the geometry", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_valid_pixel_there_is_no_mean()
    {
        (long, bool)[] pixels = [(1, false), (65535, true)];

        JsonElement row = StepRows.Row(Step, StepRows.Prepare(Step, Plain(ElementType.UInt16, 2, null), Image(pixels)), Bytes(ElementType.UInt16, pixels));

        Assert.Equal(
            """{"file-number":1,"n_valid":0,"n_masked":1,"n_no_data":1,"n_saturated":0,"sum":0,"mean":null,"std_dev":null,"min":null,"max":null}""",
            row.GetRawText());
    }

    private static FrameHeader Plain(ElementType type, int pixels, double? saturation) =>
        new() { Rows = 1, Columns = pixels, Type = type, Codec = FrameCodec.Raw, SaturationValue = saturation };

    private static TestImage Image((long Value, bool IsGood)[] pixels) =>
        new(pixels.Length, 1, new uint[pixels.Length], Array.ConvertAll(pixels, pixel => pixel.IsGood));

    private static byte[] Bytes(ElementType type, (long Value, bool IsGood)[] pixels) => type.Size() switch
    {
        1 => Array.ConvertAll(pixels, pixel => (byte)pixel.Value),
        2 => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(pixels, pixel => (ushort)pixel.Value)).ToArray(),
        _ => MemoryMarshal.AsBytes<uint>(Array.ConvertAll(pixels, pixel => (uint)pixel.Value)).ToArray(),
    };

    private static (long Valid, long Masked, long NoData, long Saturated, BigInteger Sum, double Mean, double Deviation, long Min, long Max) Slow(
        (long Value, bool IsGood)[] pixels, long trusted, long largestData, long smallest = 0)
    {
        long[] good = [.. pixels.Where(pixel => pixel.IsGood).Select(pixel => pixel.Value)];
        long[] valid = [.. good.Where(value => value >= smallest && value <= trusted)];
        BigInteger sum = valid.Aggregate(BigInteger.Zero, (all, value) => all + value);
        BigInteger squares = valid.Aggregate(BigInteger.Zero, (all, value) => all + (BigInteger.One * value * value));
        return (
            valid.Length,
            pixels.Length - good.Length,
            good.Count(value => value < smallest || value > largestData),
            good.Count(value => value > trusted && value <= largestData),
            sum,
            (double)sum / valid.Length,
            Math.Sqrt((double)((valid.Length * squares) - (sum * sum))) / valid.Length,
            valid.Min(),
            valid.Max());
    }

    private static void AssertSame(
        (long Valid, long Masked, long NoData, long Saturated, BigInteger Sum, double Mean, double Deviation, long Min, long Max) expected, JsonElement row)
    {
        long Whole(string name) => row.GetProperty(name).GetInt64();
        Assert.Equal(
            (expected.Valid, expected.Masked, expected.NoData, expected.Saturated, expected.Sum, expected.Min, expected.Max),
            (Whole("n_valid"), Whole("n_masked"), Whole("n_no_data"), Whole("n_saturated"), new BigInteger(Whole("sum")), Whole("min"), Whole("max")));
        Assert.Equal(expected.Mean, row.GetProperty("mean").GetDouble());

        // Only the way from whole numbers to double may differ, in the last bit.
        Assert.Equal(expected.Deviation, row.GetProperty("std_dev").GetDouble(), expected.Deviation * 1e-15);
    }
}
