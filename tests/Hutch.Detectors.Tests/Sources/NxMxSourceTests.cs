using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.Tests.Support;
using Hutch.Simulator;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Sources;

public sealed class NxMxSourceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SeriesLayout.Legacy)]
    [InlineData(SeriesLayout.InMaster)]
    [InlineData(SeriesLayout.Dectris2024)]
    [InlineData(SeriesLayout.Diamond)]
    public async Task Every_layout_gives_every_frame_in_order(SeriesLayout layout)
    {
        using var folder = new TemporaryFolder();
        SimulationOptions options = Series.Tiny with { Layout = layout };
        await using NxMxSource source = await Series.OpenAsync(Series.Write(options, folder));

        var paths = new List<string>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.Equal(Series.Draw(options, frame.Number - 1, 0), Series.Decode(source, frame));
            paths.Add(frame.Path);
        }

        Assert.Equal(["000001", "000002", "000003", "000004", "000005"], paths);
        Assert.Equal(5, source.FrameCount);
    }

    [Fact]
    public async Task Channels_beyond_the_first_have_folders_of_their_own()
    {
        using var folder = new TemporaryFolder();
        SimulationOptions options = Series.Tiny with { Layout = SeriesLayout.Dectris2024, Channels = 2, Images = 2 };
        await using NxMxSource source = await Series.OpenAsync(Series.Write(options, folder));

        var paths = new List<string>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.Equal(Series.Draw(options, frame.Number - 1, frame.Channel.Length == 0 ? 0 : 1), Series.Decode(source, frame));
            paths.Add(frame.Path);
        }

        Assert.Equal(["000001", "threshold_2/000001", "000002", "threshold_2/000002"], paths);
        Assert.Equal(["threshold_1", "threshold_2"], source.Header.Channels);
        var arrays = new List<string>();
        await foreach (SourceArray array in source.ReadArraysAsync(Cancellation))
        {
            arrays.Add(array.Path);
        }

        Assert.Equal(["header.d/pixel_mask.npy", "header.d/threshold_2/pixel_mask.npy"], arrays);
    }

    [Theory]
    [InlineData(FrameCodec.BitshuffleLz4, 32)]
    [InlineData(FrameCodec.Lz4, 16)]
    [InlineData(FrameCodec.Lz4, 32)]
    [InlineData(FrameCodec.Deflate, 16)]
    [InlineData(FrameCodec.ShuffleDeflate, 32)]
    [InlineData(FrameCodec.Raw, 16)]
    public async Task Every_codec_is_recognised_and_decodes(FrameCodec codec, int bits)
    {
        using var folder = new TemporaryFolder();
        SimulationOptions options = Series.Tiny with { Codec = codec, BitDepth = bits, Images = 2 };
        await using NxMxSource source = await Series.OpenAsync(Series.Write(options, folder));

        Assert.Equal(codec, source.Header.Codec);
        Assert.Equal(bits == 16 ? ElementType.UInt16 : ElementType.UInt32, source.Header.Type);
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.Null(Series.UserMetadata(source, frame));
            Assert.Equal(Series.Draw(options, frame.Number - 1, 0), Series.Decode(source, frame));
        }
    }

    [Fact]
    public async Task Frames_are_the_very_bytes_of_the_file()
    {
        await using NxMxSource source = await Series.OpenAsync(TestData.Path("synthetic/synth_master.h5"));

        var numbers = new List<int>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.Equal(TestData.SyntheticChunk(frame.Number), frame.Bytes.ToArray());
            numbers.Add(frame.Number);
        }

        Assert.Equal([1, 2, 3, 4, 5], numbers);
    }

    [Fact]
    public async Task The_mask_becomes_a_numpy_file_that_the_header_names()
    {
        using var folder = new TemporaryFolder();
        await using NxMxSource source = await Series.OpenAsync(Series.Write(Series.Tiny, folder));

        var arrays = new Dictionary<string, NumericArray>();
        await foreach (SourceArray array in source.ReadArraysAsync(Cancellation))
        {
            arrays[array.Path] = NumpyFile.Read(array.File).Value;
        }

        Assert.Equal(["header.d/flatfield.npy", "header.d/pixel_mask.npy"], arrays.Keys.Order());
        Assert.Equal("header.d/pixel_mask.npy", source.Header.MaskEntry);
        Assert.Equal(new PixelFaults(Series.Tiny).Mask, arrays["header.d/pixel_mask.npy"].As<uint>().ToArray());
        Assert.All(arrays["header.d/flatfield.npy"].As<float>().ToArray(), value => Assert.Equal(1f, value));
    }

    [Fact]
    public async Task A_chunk_whose_filter_was_left_out_says_so_in_its_entry()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = HandMade.Pixels(1);
        HandMade.WriteData(folder["x_data_000001.h5"], 2, [(0, Formats.Tests.Frames.Frame.Encode(FrameCodec.BitshuffleLz4, 2, pixels), 0u), (1, pixels, 1u)]);
        HandMade.WriteMaster(folder["x_master.h5"], 2, ["x_data_000001.h5"]);
        await using NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        var masks = new List<string?>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.Equal(pixels, Series.Decode(source, frame));
            masks.Add(Series.UserMetadata(source, frame)?[FrameEntry.FilterMaskKey]);
        }

        Assert.Equal([null, "1"], masks);
    }

    [Fact]
    public async Task A_frame_that_was_never_written_is_reported_and_the_others_come()
    {
        using var folder = new TemporaryFolder();
        byte[] chunk = Formats.Tests.Frames.Frame.Encode(FrameCodec.BitshuffleLz4, 2, HandMade.Pixels(1));
        HandMade.WriteData(folder["x_data_000001.h5"], 3, [(0, chunk, 0u), (2, chunk, 0u)]);
        HandMade.WriteMaster(folder["x_master.h5"], 3, ["x_data_000001.h5"]);
        await using NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        var frames = new List<(string Path, bool IsMissing)>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            frames.Add((frame.Path, frame.IsMissing));
        }

        Assert.Equal([("000001", false), ("000002", true), ("000003", false)], frames);
    }
}
