using System.Text;
using Hutch.Formats.Arrays;
using Hutch.Formats.Export;
using Hutch.Formats.Frames;
using Hutch.Formats.Ingest;
using Hutch.Formats.Sources;
using Hutch.Formats.Tests.Frames;
using Hutch.Formats.Tests.Support;
using Hutch.Model;

namespace Hutch.Formats.Tests.Export;

public sealed class NxMxExportTests : IDisposable
{
    private const int Rows = 48;
    private const int Columns = 64;

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "out.nxs");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(FrameCodec.BitshuffleLz4)]
    [InlineData(FrameCodec.Lz4)]
    [InlineData(FrameCodec.Deflate)]
    [InlineData(FrameCodec.ShuffleDeflate)]
    [InlineData(FrameCodec.Raw)]
    public async Task Frames_are_written_as_they_are(FrameCodec codec)
    {
        byte[][] chunks = [.. Enumerable.Range(0, 3).Select(seed => Chunk(codec, seed))];
        using (NxMxExport export = Create($"\"codec\": \"{codec.Name()}\"", 1, 3))
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.True(export.Write(i + 1, "", codec, 0, chunks[i]).IsOk);
            }

            Assert.Equal(0, export.Repacked);
        }

        List<(SourceFrame Frame, byte[] Bytes)> read = await ReadAsync();

        Assert.Equal([1, 2, 3], read.Select(one => one.Frame.Number));
        Assert.Equal(chunks, read.Select(one => one.Bytes));
        Assert.All(read, one => Assert.Equal(codec, one.Frame.Codec));
    }

    [Fact]
    public async Task Frames_of_another_compression_are_packed_anew()
    {
        using (NxMxExport export = Create("\"codec\": \"byte-offset\"", 1, 2))
        {
            Assert.True(export.Write(1, "", FrameCodec.ByteOffset, 0, Chunk(FrameCodec.ByteOffset, 1)).IsOk);
            Assert.True(export.Write(2, "", FrameCodec.Raw, 0, Chunk(FrameCodec.Raw, 2)).IsOk);
            Assert.Equal(2, export.Repacked);
        }

        List<(SourceFrame Frame, byte[] Bytes)> read = await ReadAsync();

        for (int i = 0; i < 2; i++)
        {
            byte[] pixels = new byte[Rows * Columns * 2];
            Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, 2, 0, read[i].Bytes, pixels));
            Assert.Equal(Frame.Random(pixels.Length, 50, i + 1), pixels);
        }
    }

    [Fact]
    public async Task Gaps_stay_gaps_and_numbers_stay_numbers()
    {
        using (NxMxExport export = Create("\"codec\": \"bslz4\"", 11, 14))
        {
            foreach (int number in new[] { 11, 14 })
            {
                Assert.True(export.Write(number, "", FrameCodec.BitshuffleLz4, 0, Chunk(FrameCodec.BitshuffleLz4, number)).IsOk);
                Assert.True(export.Write(number, "threshold_2", FrameCodec.BitshuffleLz4, 0, Chunk(FrameCodec.BitshuffleLz4, -number)).IsOk);
            }
        }

        List<(SourceFrame Frame, byte[] Bytes)> read = await ReadAsync();
        string filled = await Python.RunAsync(
            """
            import sys, h5py, bitshuffle.h5
            data = h5py.File(sys.argv[1])["entry/data"]
            print(data["data"][1].min(), data["data"][1].max(), data["threshold_2"].shape)
            """,
            File);

        Assert.Equal([(11, false), (12, true), (13, true), (14, false)], read.Select(one => (one.Frame.Number, one.Frame.IsMissing)));
        Assert.Equal("65535 65535 (4, 48, 64)", filled.Trim());
    }

    [Fact]
    public void What_programs_need_and_the_header_does_not_say_is_told()
    {
        using NxMxExport export = Create("\"codec\": \"raw\"", 1, 1);

        Assert.Contains("wavelength, detector_distance, beam_center_x", export.Lack, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"instrument": {"detector": {"": 1}}}""")]
    [InlineData("""{"instrument": {".": {"x": 1}}}""")]
    [InlineData("""{"instrument": {"detector": {"a/b": 1, "a": {"b@c": 2}}}}""")]
    [InlineData("""{"instrument": {"detector": {"x": [[1, 2], [3]], "y": null, "z": true, "@NX_class": [[]], "t": ""}}, "sample": {"depends_on": "///"}}""")]
    [InlineData("""{"instrument": {}, "hutch": {"header": 1}}""")]
    [InlineData("""{"instrument": {}, "@default": 1, "@NX_class": 7}""")]
    public void A_tree_that_somebody_made_up_is_written_or_refused(string nexus)
    {
        Result<NxMxExport> made = NxMxExport.Create(File, Header("\"codec\": \"raw\"", nexus), new Dictionary<string, NumericArray>(), 1, 1);

        if (made.IsOk)
        {
            using NxMxExport export = made.Value;
            Assert.True(export.Write(1, "", FrameCodec.Raw, 0, Chunk(FrameCodec.Raw, 1)).IsOk);
            Assert.True(export.Finish().IsOk);
        }
        else
        {
            Assert.StartsWith("The file cannot be written: ", made.Error.Message, StringComparison.Ordinal);
        }
    }

    private NxMxExport Create(string codec, int first, int last) =>
        NxMxExport.Create(File, Header(codec, "{}"), new Dictionary<string, NumericArray>(), first, last).Value;

    private static byte[] Header(string codec, string nexus) => Encoding.UTF8.GetBytes(
        $$"""
        {"x_pixels_in_detector": {{Columns}}, "y_pixels_in_detector": {{Rows}}, "bit_depth_image": 16, "nimages": 3,
         "hutch": {"format": "hutch-frames-1", "type": "uint16", {{codec}}}, "nexus": {{nexus}}}
        """);

    private static byte[] Chunk(FrameCodec codec, int seed) => Frame.Encode(codec, 2, Frame.Random(Rows * Columns * 2, 50, seed));

    private async Task<List<(SourceFrame Frame, byte[] Bytes)>> ReadAsync()
    {
        await using NxMxSource source = await Series.OpenAsync(File);
        var frames = new List<(SourceFrame, byte[])>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Ct))
        {
            frames.Add((frame, frame.Bytes.ToArray()));
        }

        return frames;
    }
}
