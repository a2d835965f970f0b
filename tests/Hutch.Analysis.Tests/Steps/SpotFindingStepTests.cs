using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Statistics;
using Hutch.Analysis.Steps;
using Hutch.Analysis.Tests.Support;
using Hutch.Detectors.Ingest;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Model.Parameters;

namespace Hutch.Analysis.Tests.Steps;

public sealed class SpotFindingStepTests
{
    private static readonly SpotFindingStep Step = new();

    private static readonly FrameHeader Header = new()
    {
        Rows = TestData.SyntheticHeight,
        Columns = TestData.SyntheticWidth,
        Type = ElementType.UInt16,
        WavelengthAngstrom = 0.9763,
        DistanceMetres = 0.1,
        PixelSizeXMetres = 75e-6,
        PixelSizeYMetres = 75e-6,
        BeamCenterX = 165.5,
        BeamCenterY = 126.5,
    };

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void A_stored_chunk_gives_the_row_of_its_pixels(int number)
    {
        TestImage image = TestData.Synthetic(number);
        PerImageAnalysis onPixels = PerImageAnalysis.Create(image.Mask, DetectorGeometry.From(Header), AnalysisParameters.Default, ushort.MaxValue - 1).Value;

        JsonElement row = Row(Header, image, number);

        Assert.Equal(Text(number, onPixels.Analyse(image.As16Bit()).Value), row.GetRawText());
        Assert.Equal(
            TestData.Expected.GetProperty("images")[number - 1].GetProperty("dispersion").GetProperty("n_spots_total").GetInt32(), Total(row));
    }

    [Fact]
    public void A_row_is_one_line_of_JSON_with_the_names_that_peers_know()
    {
        Assert.Equal(
            ["file-number", "n_spots_total", "n_spots_no_ice", "n_spots_4A", "total_intensity", "estimated_d_min", "d_min_distl_method_1", "noisiness_method_1", "d_min_distl_method_2", "noisiness_method_2"],
            Row(Header, TestData.Synthetic(4), 4).EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void The_parameters_choose_algorithm_and_limits()
    {
        TestImage image = TestData.Synthetic(4);
        PerImageAnalysis onPixels = PerImageAnalysis.Create(
            image.Mask,
            DetectorGeometry.From(Header),
            AnalysisParameters.Default with { SpotFinder = new() { Algorithm = SpotAlgorithm.DispersionExtended }, DMinAngstrom = 5, DMaxAngstrom = 20 },
            ushort.MaxValue - 1).Value;

        IPreparedStep prepared = StepRows.Prepare(Step, Header, image, """{"algorithm":"dispersion_extended","dMin":5,"dMax":20,"follow":true}""");

        Assert.Equal(
            Text(4, onPixels.Analyse(image.As16Bit()).Value), StepRows.Row(Step, prepared, TestData.Chunk(4), 4).GetRawText());
        Assert.NotEqual(Row(Header, image, 4).GetRawText(), Text(4, onPixels.Analyse(image.As16Bit()).Value));
    }

    [Theory]
    [InlineData("""{"preset":"pia"}""", "dispersion", 40.0, true, false)]
    [InlineData("""{"preset":"pia","dMax":30}""", "dispersion", 30.0, true, false)]
    [InlineData("""{"preset":"dials"}""", "dispersion_extended", null, false, true)]
    [InlineData("""{"preset":"dials","iceFilter":true}""", "dispersion_extended", null, true, true)]
    [InlineData("{}", "dispersion", null, true, false)]
    public void A_preset_fills_in_parameters_that_were_not_given(string given, string algorithm, double? lowest, bool ice, bool parallax)
    {
        ParameterValues values = ParameterValues.Read(Step.Declaration, JsonElement.Parse(given)).Value;

        Assert.Equal(
            (algorithm, lowest, ice, parallax),
            (values.Text("algorithm")!, values.Number("dMax"), values.Boolean("iceFilter")!.Value, values.Boolean("parallax")!.Value));
    }

    [Fact]
    public void Every_parameter_reaches_the_analysis()
    {
        ParameterValues values = ParameterValues.Read(
            Step.Declaration,
            JsonElement.Parse(
                """
                {"algorithm":"dispersion_extended","dMin":1.5,"dMax":30,"minSpotSize":4,"maxSpotSize":50,"sigmaBackground":5,"sigmaStrong":2.5,
                 "gain":0.9,"globalThreshold":7,"sigmaNoise":5,"iceFilter":false,"iceRingWidth":0.003,"parallax":true}
                """)).Value;

        Assert.Equal(
            new AnalysisParameters
            {
                SpotFinder = new()
                {
                    Algorithm = SpotAlgorithm.DispersionExtended,
                    MinSpotSize = 4,
                    MaxSpotSize = 50,
                    SigmaBackground = 5,
                    SigmaStrong = 2.5,
                    Gain = 0.9,
                    GlobalThreshold = 7,
                    SigmaNoise = 5,
                },
                DMinAngstrom = 1.5,
                DMaxAngstrom = 30,
                FilterIce = false,
                IceRingWidth = 0.003,
                CorrectsParallax = true,
            },
            SpotFindingValues.Read(values));
    }

    [Fact]
    public void The_declared_defaults_are_those_of_the_analysis() =>
        Assert.Equal(AnalysisParameters.Default, SpotFindingValues.Read(ParameterValues.Read(Step.Declaration, null).Value));

    [Fact]
    public void A_run_that_asks_for_them_keeps_the_positions_of_the_spots_that_are_counted()
    {
        TestImage image = TestData.Synthetic(4);
        IPreparedStep prepared = StepRows.Prepare(Step, Header, image, """{"spots":true,"dMin":5}""");

        JsonElement row = StepRows.Row(Step, prepared, TestData.Chunk(4), 4);

        byte[] bytes = row.GetProperty("spot_positions").GetBytesFromBase64();
        ushort[] numbers = MemoryMarshal.Cast<byte, ushort>(bytes).ToArray();
        DetectorGeometry geometry = DetectorGeometry.From(Header)!;
        Spot[] expected = [.. new SpotFinder(image.Mask, AnalysisParameters.Default.SpotFinder, ushort.MaxValue - 1)
            .FindSpots(image.As16Bit()).Value.Spots.ToArray().Where(spot => geometry.Resolution(spot.CentroidX, spot.CentroidY) >= 5)];
        Assert.Equal(8, numbers[0]);
        Assert.Equal(Total(row), (numbers.Length - 1) / 2);
        Assert.Equal(
            expected.SelectMany(spot => new[] { (ushort)Math.Round(spot.CentroidX * 8), (ushort)Math.Round(spot.CentroidY * 8) }), numbers[1..]);
    }

    [Theory]
    [InlineData(4148, 4362, 8), InlineData(8191, 10, 8), InlineData(8192, 10, 7), InlineData(65535, 10, 1), InlineData(70_000, 10, 0)]
    public void Positions_are_as_fine_as_fits_into_16_bits(int columns, int rows, int units)
    {
        Spot[] spots = [new(3, 9, columns - 0.5, 0.5, default, 0, 0)];

        ushort[] numbers = MemoryMarshal.Cast<byte, ushort>(new SpotPositions().Write(spots, columns, rows)).ToArray();

        Assert.Equal(units == 0 ? [] : [(ushort)units, (ushort)Math.Round((columns - 0.5) * units), (ushort)Math.Round(0.5 * units)], numbers);
    }

    [Fact]
    public void Limits_in_the_wrong_order_are_refused()
    {
        Result<ParameterValues> values = ParameterValues.Read(Step.Declaration, JsonElement.Parse("""{"dMin":50,"dMax":40}"""));

        Assert.Equal("dMin (50 Å) is larger than dMax (40 Å): nothing is between them.", values.Error?.Message);
    }

    [Fact]
    public void A_frame_whose_filter_was_left_out_is_read_plain()
    {
        TestImage image = TestData.Synthetic(4);
        var metadata = new Dictionary<string, string> { [FrameEntry.FilterMaskKey] = "1" };

        JsonElement plain = StepRows.Row(
            Step, StepRows.Prepare(Step, Header, image), MemoryMarshal.AsBytes<ushort>(image.As16Bit()), 4, metadata);

        Assert.Equal(Row(Header, image, 4).GetRawText(), plain.GetRawText());
    }

    [Theory]
    [InlineData(ElementType.UInt32), InlineData(ElementType.Int32), InlineData(ElementType.Int16)]
    public void Other_pixel_types_give_the_same_row(ElementType type)
    {
        TestImage image = TestData.Synthetic(5);
        bool wide = type != ElementType.Int16;

        // Where there is no data, signed pixels are negative and unsigned ones the largest of their type.
        uint[] pixels = [.. image.Pixels.Select((p, i) => !image.Valid[i] || p == ushort.MaxValue ? uint.MaxValue : p)];
        ReadOnlySpan<byte> bytes = wide ? MemoryMarshal.AsBytes<uint>(pixels) : MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(pixels, p => (ushort)p));
        IPreparedStep withoutMask = StepRows.Prepare(Step, Header with { Type = type, Codec = FrameCodec.Raw }, null);

        Assert.Equal(Row(Header, image, 5).GetRawText(), StepRows.Row(Step, withoutMask, bytes, 5).GetRawText());
    }

    [Fact]
    public void Pixels_above_the_saturation_value_are_not_used()
    {
        TestImage image = TestData.Synthetic(4);
        TestImage trusted = image with { LargestTrusted = 60 };

        int total = Total(Row(Header with { SaturationValue = 60 }, image, 4));

        Assert.Equal(SlowSpots.Find(trusted, AnalysisParameters.Default.SpotFinder).Count, total);
        Assert.NotEqual(SlowSpots.Find(image, AnalysisParameters.Default.SpotFinder).Count, total);
    }

    [Fact]
    public void The_recorded_dark_image_has_17_strong_pixels_and_no_spot()
    {
        byte[] chunk = TestData.RecordedChunk();
        var header = new FrameHeader { Rows = 4362, Columns = 4148, Type = ElementType.UInt16 };
        var pixels = new ushort[header.Rows * header.Columns];
        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(header.Codec, 2, 0, chunk, MemoryMarshal.AsBytes(pixels.AsSpan())));
        PerImageAnalysis small = PerImageAnalysis.Create(
            DetectorMask.AllValid(header.Columns, header.Rows),
            null,
            AnalysisParameters.Default with { SpotFinder = new() { MinSpotSize = 1 } },
            header.LargestTrusted).Value;

        Assert.Equal(0, Total(StepRows.Row(Step, StepRows.Prepare(Step, header, null), chunk)));
        Assert.Equal(16, small.Analyse(pixels).Value.SpotsTotal);
    }

    [Fact]
    public void A_damaged_frame_is_refused_by_its_number()
    {
        JsonElement row = StepRows.Row(
            Step, StepRows.Prepare(Step, Header, TestData.Synthetic(1)), TestData.Chunk(1).AsSpan(0, 1000), 12);

        Assert.Equal(["file-number", "error"], row.EnumerateObject().Select(member => member.Name));
        Assert.Contains("000012", row.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_is_damaged_at_its_end_leaves_nothing_behind_for_the_next_one()
    {
        IPreparedStep prepared = StepRows.Prepare(Step, Header, TestData.Synthetic(4));
        byte[] damaged = TestData.Chunk(4)[..^40];

        Assert.True(StepRows.Row(Step, prepared, damaged, 3).TryGetProperty("error", out _));
        Assert.Equal(Row(Header, TestData.Synthetic(4), 4).GetRawText(), StepRows.Row(Step, prepared, TestData.Chunk(4), 4).GetRawText());
    }

    [Fact]
    public void A_mask_of_another_shape_is_refused_with_both_shapes()
    {
        var mask = new NumericArray(ElementType.UInt32, [10, 20], new byte[800]);

        Result<IPreparedStep> result = Step.Prepare(Header, mask, StepRows.Values(Step));

        Assert.Contains("10 x 20", result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("253 x 331", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null), InlineData(0.0), InlineData(-1.0), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void A_header_that_lacks_a_number_has_no_geometry(double? distance)
    {
        Assert.Null(DetectorGeometry.From(Header with { DistanceMetres = distance }));
        Assert.Null(DetectorGeometry.From(Header with { WavelengthAngstrom = distance }));
        Assert.Equal(new DetectorGeometry(0.9763, DetectorPlane.Square(0.1, 75e-6, 75e-6, 165.5, 126.5)), DetectorGeometry.From(Header));
    }

    private static JsonElement Row(FrameHeader header, TestImage image, int number) =>
        StepRows.Row(Step, StepRows.Prepare(Step, header, image), TestData.Chunk(number), number);

    private static int Total(JsonElement row) => row.GetProperty("n_spots_total").GetInt32();

    /// <summary>The row as peers write it, said once more.</summary>
    private static string Text(int number, ImageStatistics found)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("file-number", number);
            json.WriteNumber("n_spots_total", found.SpotsTotal);
            json.WriteNumber("n_spots_no_ice", found.SpotsNoIce);
            json.WriteNumber("n_spots_4A", found.Spots4Angstrom);
            json.WriteNumber("total_intensity", found.TotalIntensity);
            json.WriteNumber("estimated_d_min", found.EstimatedDMin);
            json.WriteNumber("d_min_distl_method_1", found.DMinDistlMethod1);
            json.WriteNumber("noisiness_method_1", found.NoisinessMethod1);
            json.WriteNumber("d_min_distl_method_2", found.DMinDistlMethod2);
            json.WriteNumber("noisiness_method_2", found.NoisinessMethod2);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
