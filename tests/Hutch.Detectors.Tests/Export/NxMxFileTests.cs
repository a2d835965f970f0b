using System.Text;
using Hutch.Detectors.Export;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Frames;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Export;

public sealed class NxMxFileTests : IDisposable
{
    private const int Rows = 48;
    private const int Columns = 64;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, byte[]> _entries = new(StringComparer.Ordinal);
    private readonly List<NxMxFrame> _frames = [];
    private readonly List<NxMxArray> _arrays = [];

    private string File => Path.Combine(_folder.Path, "out.nxs");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(FrameCodec.BitshuffleLz4)]
    [InlineData(FrameCodec.Lz4)]
    [InlineData(FrameCodec.Deflate)]
    [InlineData(FrameCodec.ShuffleDeflate)]
    [InlineData(FrameCodec.Raw)]
    public async Task Frames_stand_in_the_file_as_they_are(FrameCodec codec)
    {
        byte[][] chunks = [.. Enumerable.Range(0, 3).Select(seed => Chunk(codec, seed))];
        for (int i = 0; i < 3; i++)
        {
            Add(i + 1, "", codec, chunks[i]);
        }

        Write(Plan(codec.Name()));
        List<(SourceFrame Frame, byte[] Bytes)> read = await ReadAsync();

        Assert.Equal([1, 2, 3], read.Select(one => one.Frame.Number));
        Assert.Equal(chunks, read.Select(one => one.Bytes));
        Assert.All(read, one => Assert.Equal(codec, one.Frame.Codec));
    }

    [Fact]
    public async Task A_frame_that_is_not_compressed_stands_among_others_with_a_filter_mask()
    {
        Add(1, "", FrameCodec.ShuffleDeflate, Chunk(FrameCodec.ShuffleDeflate, 1));
        Add(2, "", FrameCodec.Raw, Chunk(FrameCodec.Raw, 2));

        Write(Plan("shuffle-gzip"));
        string same = await Python.RunAsync(
            """
            import sys, h5py
            data = h5py.File(sys.argv[1])["entry/data/data"]
            open(sys.argv[1] + ".pixels", "wb").write(data[()].tobytes())
            print(data.id.read_direct_chunk((0, 0, 0))[0], data.id.read_direct_chunk((1, 0, 0))[0])
            """,
            File);

        Assert.Equal("0 3", same.Trim());
        Assert.Equal((byte[])[.. Pixels(1), .. Pixels(2)], await System.IO.File.ReadAllBytesAsync(File + ".pixels", Ct));
    }

    [Theory]
    [InlineData("byte-offset", FrameCodec.ByteOffset)]
    [InlineData("bslz4", FrameCodec.Lz4)]
    public void Frames_of_another_compression_are_refused_until_they_are_packed_anew(string codec, FrameCodec of)
    {
        Add(1, "", of, Chunk(of, 1));
        FrameHeader header = FrameHeader.Parse(Header(codec, "{}")).Value;

        HutchError refusal = NxMxFile.Plan(Header(codec, "{}"), _arrays, _frames).Error!;
        ReadOnlyMemory<byte> packed = FramePacking.Repack(header, _frames[0], _entries["000001"], NxMxFile.CodecOf(header)).Value;

        Assert.Contains($"Frame 000001 is stored as {of.Name()}", refusal.Message, StringComparison.Ordinal);
        byte[] pixels = new byte[Rows * Columns * 2];
        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, 2, 0, packed.Span, pixels));
        Assert.Equal(Pixels(1), pixels);
    }

    [Fact]
    public async Task Gaps_stay_gaps_and_numbers_stay_numbers()
    {
        foreach (int number in new[] { 11, 14 })
        {
            Add(number, "", FrameCodec.BitshuffleLz4, Chunk(FrameCodec.BitshuffleLz4, number));
            Add(number, "threshold_2", FrameCodec.BitshuffleLz4, Chunk(FrameCodec.BitshuffleLz4, -number));
        }

        Write(Plan("bslz4"));
        List<(SourceFrame Frame, byte[] Bytes)> read = await ReadAsync();
        string filled = await Python.RunAsync(
            """
            import sys, h5py, bitshuffle.h5
            data = h5py.File(sys.argv[1])["entry/data"]
            print(data["data"][1].min(), data["data"][1].max(), data["threshold_2"].shape, data["threshold_2"][3].max() < 65535)
            """,
            File);

        Assert.Equal([(11, false), (12, true), (13, true), (14, false)], read.Select(one => (one.Frame.Number, one.Frame.IsMissing)));
        Assert.Equal("65535 65535 (4, 48, 64) True", filled.Trim());
    }

    [Fact]
    public async Task Arrays_stand_in_the_file_as_numpy_stored_them()
    {
        Add(1, "", FrameCodec.Raw, Chunk(FrameCodec.Raw, 1));
        AddArray("pixel_mask", new NumericArray(ElementType.UInt32, [2, 3], Numbers(6)));
        AddArray("threshold_1/flatfield", new NumericArray(ElementType.Float64, [0], Array.Empty<byte>()));

        Write(Plan("raw"));
        string told = await Python.RunAsync(
            """
            import sys, h5py
            detector = h5py.File(sys.argv[1])["entry/instrument/detector"]
            print(detector["pixel_mask"][()].tolist(), detector["pixel_mask"].dtype)
            print(detector["threshold_1_channel/flatfield"].shape)
            """,
            File);

        Assert.Equal("[[0, 1, 2], [3, 4, 5]] uint32\n(0,)", told.Trim());
    }

    /// <summary>Three levels of the index: 64 leaves and more need a level above the one above the leaves.</summary>
    [Fact]
    public async Task Each_frame_of_a_long_series_is_found()
    {
        const int Count = 5000;
        for (int number = 1; number <= Count; number++)
        {
            Add(number, "", FrameCodec.Raw, [.. BitConverter.GetBytes((ushort)number), .. new byte[6]]);
        }

        Write(NxMxFile.Plan(Header("raw", "{}", rows: 2, columns: 2), _arrays, _frames).Value);
        string told = await Python.RunAsync(
            """
            import sys, h5py
            data = h5py.File(sys.argv[1])["entry/data/data"]
            print(data.id.get_num_chunks(), (data[:, 0, 0] == range(1, 5001)).all(), data[4999, 0, 0], data[:, 1, 1].max())
            """,
            File);

        Assert.Equal("5000 True 5000 0", told.Trim());
    }

    [Fact]
    public void Any_range_of_the_metadata_is_that_part_of_the_whole()
    {
        for (int number = 1; number <= 300; number++)
        {
            Add(number, number % 3 == 0 ? "b" : "", FrameCodec.Raw, new byte[8]);
        }

        NxMxFile plan = NxMxFile.Plan(Header("raw", "{}", rows: 2, columns: 2), _arrays, _frames).Value;
        byte[] whole = new byte[plan.MetadataBytes];
        plan.ReadMetadata(0, whole);
        var random = new Random(7);

        for (int i = 0; i < 2000; i++)
        {
            int from = random.Next(whole.Length);
            byte[] part = new byte[random.Next(Math.Min(8000, whole.Length - from))];
            plan.ReadMetadata(from, part);
            Assert.True(whole.AsSpan(from, part.Length).SequenceEqual(part), $"{part.Length} bytes from {from}");
        }
    }

    [Fact]
    public void Each_byte_behind_the_metadata_belongs_to_one_part()
    {
        AddArray("empty", new NumericArray(ElementType.Float64, [0], Array.Empty<byte>()));
        Add(1, "", FrameCodec.BitshuffleLz4, new byte[3]);
        Add(2, "", FrameCodec.BitshuffleLz4, new byte[1]);
        Add(2, "b", FrameCodec.BitshuffleLz4, new byte[2]);
        NxMxFile plan = Plan("bslz4");

        string[] paths = [.. Enumerable.Range(0, 6).Select(i => plan.Part(plan.PartAt(plan.MetadataBytes + i)).Path)];

        Assert.Equal(["000001", "000001", "000001", "000002", "b/000002", "b/000002"], paths);
        Assert.Equal(plan.MetadataBytes + 6, plan.Size);
    }

    [Fact]
    public void The_order_in_which_frames_are_listed_changes_nothing()
    {
        for (int number = 1; number <= 100; number++)
        {
            Add(number, "", FrameCodec.BitshuffleLz4, new byte[number]);
            Add(number, "b", FrameCodec.BitshuffleLz4, new byte[number]);
        }

        NxMxFile one = Plan("bslz4");
        _frames.Reverse();
        NxMxFile other = Plan("bslz4");

        byte[] first = new byte[one.MetadataBytes], second = new byte[other.MetadataBytes];
        one.ReadMetadata(0, first);
        other.ReadMetadata(0, second);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Fields_that_programs_need_and_the_header_lacks_are_reported()
    {
        Add(1, "", FrameCodec.Raw, Chunk(FrameCodec.Raw, 1));

        Assert.Contains("wavelength, detector_distance, beam_center_x", Plan("raw").Lack, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, "has 0 bytes")]
    [InlineData(1, 100_000, "has 100000 bytes")]
    [InlineData(NxMxFile.MaxFrames + 3, 10, "holds at most 2000000")]
    public void Frames_that_no_file_can_have_are_refused(int number, int bytes, string reason)
    {
        Add(2, "", FrameCodec.BitshuffleLz4, new byte[10]);
        Add(number, "", FrameCodec.BitshuffleLz4, new byte[bytes]);

        Assert.Contains(reason, NxMxFile.Plan(Header("bslz4", "{}"), _arrays, _frames).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"instrument": {"detector": {"": 1}}}""")]
    [InlineData("""{"instrument": {".": {"x": 1}}}""")]
    [InlineData("""{"instrument": {"detector": {"a/b": 1, "a": {"b@c": 2}}}}""")]
    [InlineData("""{"instrument": {"detector": {"x": [[1, 2], [3]], "y": null, "z": true, "@NX_class": [[]], "t": ""}}, "sample": {"depends_on": "///"}}""")]
    [InlineData("""{"instrument": {}, "hutch": {"header": 1}}""")]
    [InlineData("""{"instrument": {}, "@default": 1, "@NX_class": 7}""")]
    [InlineData("""{"instrument": {"text": "\ud800"}}""")]
    [InlineData("""{"instrument": {"größe": "0,1 µm", "größe@einheit": "µm"}}""")]
    public async Task An_arbitrary_NeXus_tree_is_written_or_refused(string nexus)
    {
        Add(1, "", FrameCodec.Raw, Chunk(FrameCodec.Raw, 1));
        Result<NxMxFile> made = NxMxFile.Plan(Header("raw", nexus), _arrays, _frames);

        if (made.IsOk)
        {
            Write(made.Value);
            await Python.RunAsync("import sys, h5py; h5py.File(sys.argv[1]).visititems(lambda n, o: print(n, dict(o.attrs)))", File);
            Assert.Single(await ReadAsync());
        }
        else
        {
            Assert.StartsWith("The series cannot be a NeXus file", made.Error!.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Header(string codec, string nexus, int rows = Rows, int columns = Columns) => Encoding.UTF8.GetBytes(
        $$"""
        {"x_pixels_in_detector": {{columns}}, "y_pixels_in_detector": {{rows}}, "bit_depth_image": 16, "nimages": 3,
         "hutch": {"format": "hutch-frames-1", "type": "uint16", "codec": "{{codec}}"}, "nexus": {{nexus}}}
        """);

    private static byte[] Pixels(int seed) => Frame.Random(Rows * Columns * 2, 50, seed);

    private static byte[] Chunk(FrameCodec codec, int seed) => Frame.Encode(codec, 2, Pixels(seed));

    private static byte[] Numbers(int count) => [.. Enumerable.Range(0, count).SelectMany(BitConverter.GetBytes)];

    private void Add(int number, string channel, FrameCodec codec, byte[] bytes)
    {
        var frame = new NxMxFrame(number, channel, bytes.Length, codec, 0);
        _frames.Add(frame);
        _entries[frame.Path] = bytes;
    }

    private void AddArray(string name, NumericArray array)
    {
        byte[] file = NumpyFile.Write(array);
        _entries[name] = file;
        _arrays.Add(new NxMxArray(name, name, NumpyFile.ReadLayout(file, file.Length).Value));
    }

    private NxMxFile Plan(string codec) => NxMxFile.Plan(Header(codec, "{}"), _arrays, _frames).Value;

    private void Write(NxMxFile plan)
    {
        byte[] metadata = new byte[plan.MetadataBytes];
        plan.ReadMetadata(0, metadata);
        using FileStream file = System.IO.File.Create(File);
        file.Write(metadata);
        foreach (StoredPart part in Enumerable.Range(0, plan.Parts).Select(plan.Part))
        {
            Assert.Equal(part.FileOffset, file.Position);
            file.Write(_entries[part.Path].AsSpan(part.EntryOffset));
        }

        Assert.Equal(plan.Size, file.Position);
    }

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
