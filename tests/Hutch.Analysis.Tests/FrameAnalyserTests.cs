using System.Runtime.InteropServices;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Tests;

public sealed class FrameAnalyserTests
{
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
        PerImageAnalysis onPixels = PerImageAnalysis.Create(image.Mask, FrameAnalyser.Geometry(Header), AnalysisParameters.Default, ushort.MaxValue - 1).Value;

        ImageResult row = Create(Header, image).Analyse(TestData.Chunk(number), number).Value;

        Assert.Equal(onPixels.Analyse(image.As16Bit(), number).Value, row);
        Assert.Equal(TestData.Expected.GetProperty("images")[number - 1].GetProperty("dispersion").GetProperty("n_spots_total").GetInt32(), row.Statistics.SpotsTotal);
    }

    [Fact]
    public void A_frame_whose_filter_was_left_out_is_read_plain()
    {
        TestImage image = TestData.Synthetic(4);
        FrameAnalyser analyser = Create(Header, image);

        ImageResult plain = analyser.Analyse(MemoryMarshal.AsBytes<ushort>(image.As16Bit()), FrameCodec.BitshuffleLz4, filterMask: 1, 4).Value;

        Assert.Equal(analyser.Analyse(TestData.Chunk(4), 4).Value, plain);
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
        FrameAnalyser withoutMask = FrameAnalyser.Create(Header with { Type = type, Codec = FrameCodec.Raw }, null, AnalysisParameters.Default).Value;

        Assert.Equal(Create(Header, image).Analyse(TestData.Chunk(5), 5).Value, withoutMask.Analyse(bytes, 5).Value);
    }

    [Fact]
    public void Pixels_above_the_saturation_value_are_not_used()
    {
        TestImage image = TestData.Synthetic(4);
        TestImage trusted = image with { LargestTrusted = 60 };

        ImageResult row = Create(Header with { SaturationValue = 60 }, image).Analyse(TestData.Chunk(4), 4).Value;

        Assert.Equal(SlowSpots.Find(trusted, AnalysisParameters.Default.SpotFinder).Count, row.Statistics.SpotsTotal);
        Assert.NotEqual(SlowSpots.Find(image, AnalysisParameters.Default.SpotFinder).Count, row.Statistics.SpotsTotal);
    }

    [Fact]
    public void The_recorded_dark_image_has_17_strong_pixels_and_no_spot()
    {
        byte[] chunk = TestData.RecordedChunk();
        var header = new FrameHeader { Rows = 4362, Columns = 4148, Type = ElementType.UInt16 };
        FrameAnalyser analyser = FrameAnalyser.Create(header, null, AnalysisParameters.Default).Value;
        FrameAnalyser small = FrameAnalyser.Create(header, null, AnalysisParameters.Default with { SpotFinder = new() { MinSpotSize = 1 } }).Value;

        Assert.Equal(0, analyser.Analyse(chunk, 1).Value.Statistics.SpotsTotal);
        Assert.Equal(16, small.Analyse(chunk, 1).Value.Statistics.SpotsTotal);
    }

    [Fact]
    public void A_damaged_frame_is_refused_by_its_number()
    {
        Result<ImageResult> result = Create(Header, TestData.Synthetic(1)).Analyse(TestData.Chunk(1).AsSpan(0, 1000), 12);

        Assert.Equal(ErrorCode.Unprocessable, result.Error?.Code);
        Assert.Contains("000012", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_of_another_shape_is_refused_with_both_shapes()
    {
        var mask = new NumericArray(ElementType.UInt32, [10, 20], new byte[800]);

        Result<FrameAnalyser> result = FrameAnalyser.Create(Header, mask, AnalysisParameters.Default);

        Assert.Contains("10 x 20", result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("253 x 331", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_lacks_a_number_has_no_geometry()
    {
        Assert.Null(FrameAnalyser.Geometry(Header with { DistanceMetres = null }));
        Assert.Null(FrameAnalyser.Geometry(Header with { DistanceMetres = 0 }));
        Assert.Equal(new DetectorGeometry(0.9763, 0.1, 75e-6, 75e-6, 165.5, 126.5), FrameAnalyser.Geometry(Header));
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        byte[] chunk = TestData.Chunk(4);
        FrameAnalyser analyser = Create(Header, TestData.Synthetic(4));
        analyser.Analyse(chunk, 4);

        long before = GC.GetAllocatedBytesForCurrentThread();
        analyser.Analyse(chunk, 4);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static FrameAnalyser Create(FrameHeader header, TestImage image)
    {
        uint[] mask = Array.ConvertAll(image.Valid, v => v ? 0u : 8u);
        var array = new NumericArray(ElementType.UInt32, [image.Height, image.Width], MemoryMarshal.AsBytes<uint>(mask).ToArray());
        return FrameAnalyser.Create(header, array, AnalysisParameters.Default).Value;
    }
}
