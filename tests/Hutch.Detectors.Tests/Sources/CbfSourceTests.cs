using System.Diagnostics;
using System.Text;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Detectors.Tests.Support;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Sources;

public sealed class CbfSourceTests : IDisposable
{
    private const int Rows = 5;
    private const int Columns = 7;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_a_real_detector_gives_its_pixels_and_its_header()
    {
        await using IFrameSource source = await OpenAsync(TestData.Path("dxtbx/omega_scan.cbf"));

        SourceFrame frame = Assert.Single(await ReadAsync(source));

        FrameHeader header = source.Header;
        Assert.Equal((619, 487, ElementType.Int32, FrameCodec.ByteOffset, 1), (header.Rows, header.Columns, header.Type, header.Codec, header.Images));
        Assert.Equal((0.68937, 172e-6, 172e-6, 1541621.0), (header.WavelengthAngstrom, header.PixelSizeXMetres, header.PixelSizeYMetres, header.SaturationValue));
        Assert.Equal(("Si", 0.00032, 0.5, 0.505), (header.SensorMaterial, header.SensorThicknessMetres, header.CountTimeSeconds, header.FrameTimeSeconds));
        Assert.Equal((9.5, 0.5), (header.ScanStartDegrees, header.ScanIncrementDegrees));
        Assert.Contains("\"Gain_setting: low gain (vrf = -0.300)\"", Encoding.UTF8.GetString(source.HeaderJson.Span), StringComparison.Ordinal);
        Assert.Equal(("000001", 301_453), (frame.Path, frame.Bytes.Length));
        Assert.Equal("1928a85f67893531ce758deb5ea35a1e64e36d3bfedce02296a965e3199e9889", TestData.Sha256(Series.Decode(source, frame)));
    }

    [Fact]
    public async Task The_axes_of_a_real_detector_on_an_arm_count_more_than_its_comments()
    {
        await using IFrameSource source = await OpenAsync(TestData.Path("dxtbx/omega_scan.cbf"));

        // The values of CBFlib; dxtbx has the same distance. The comments say 100 mm, and a beam centre outside of the detector.
        Assert.Equal(0.105, source.Header.DistanceMetres!.Value, 9);
        Assert.Equal((103.7972407, 243.0232558), (Math.Round(source.Header.BeamCenterX!.Value, 7), Math.Round(source.Header.BeamCenterY!.Value, 7)));
        Assert.Equal(20, source.Header.Plane!.TurnDegrees, 6);
        Assert.Equal(
            ["omega_scan.cbf has a detector distance of 100 mm in its comments, and of 105 mm by its axes. That by its axes is taken.", "The detector of the series of omega_scan.cbf is turned by 20.0° against the beam."],
            source.Notes.Where(static note => note.Contains("detector", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_pipe_among_the_files_is_left_out_with_a_note_and_a_pipe_as_the_source_is_refused()
    {
        Write("lysozyme_1_1.cbf", Pixels(1));
        await Process.Start("mkfifo", [_folder["lysozyme_1_2.cbf"], _folder["pipe"]])!.WaitForExitAsync(Cancellation);

        await using IFrameSource source = await OpenAsync(_folder.Path);
        Result<IFrameSource> pipe = await FrameSources.OpenAsync(_folder["pipe"], Options(), Cancellation);
        Result<IFrameSource> named = await FrameSources.OpenAsync(_folder["lysozyme_1_2.cbf"], Options(), Cancellation);

        Assert.Single(await ReadAsync(source));
        Assert.Equal("lysozyme_1_2.cbf is left out: it is a pipe, a socket or a device, and no file.", Assert.Single(source.Notes));
        Assert.Equal($"{_folder["pipe"]} is a pipe, a socket or a device. Name a file, or a folder with files.", pipe.Error!.Message);
        Assert.Equal(ErrorCode.UnreadableFile, named.Error!.Code);
    }

    [Fact]
    public async Task Any_file_of_a_series_stands_for_all_of_them_in_the_order_of_their_numbers()
    {
        int[] numbers = [1, 2, 3, 9, 10, 11];
        foreach (int number in numbers)
        {
            Write($"lysozyme_1_{number}.cbf", Pixels(number));
        }

        Write("lysozyme_2_4.cbf", Pixels(4));
        Write("thaumatin_1_5.cbf", Pixels(5));
        await using IFrameSource source = await OpenAsync(_folder["lysozyme_1_10.cbf"]);

        var frames = new List<int>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.Equal(Bytes(Pixels(frame.Number)), Series.Decode(source, frame));
            Assert.Null(Series.UserMetadata(source, frame));
            frames.Add(frame.Number);
        }

        Assert.Equal(numbers, frames);
        Assert.Equal((6, 6), (source.FrameCount, source.Header.Images));
        Assert.Equal(["There is no file for images 4 to 8 before lysozyme_1_9.cbf."], source.Notes);
    }

    [Fact]
    public async Task A_series_that_counts_from_zero_becomes_one_that_counts_from_one()
    {
        Write("a_00000.cbf", Pixels(0));
        Write("a_00001.cbf", Pixels(1));
        await using IFrameSource source = await OpenAsync(_folder["a_00001.cbf"]);

        Assert.Equal(["000001", "000002"], (await ReadAsync(source)).Select(static frame => frame.Path));
    }

    [Fact]
    public async Task A_file_without_a_number_is_a_series_of_one_and_pixels_may_be_plain()
    {
        byte[] plain = Bytes(Pixels(1));
        File.WriteAllBytes(_folder["dark.cbf"], CbfFile.Make(Rows, Columns, plain, [], "x-CBF_NONE", "unsigned 32-bit integer"));
        await using IFrameSource source = await OpenAsync(_folder["dark.cbf"]);

        SourceFrame frame = Assert.Single(await ReadAsync(source));

        Assert.Equal((FrameCodec.Raw, ElementType.UInt32, null), (source.Header.Codec, source.Header.Type, source.Header.WavelengthAngstrom));
        Assert.Equal(plain, Series.Decode(source, frame));
    }

    [Fact]
    public async Task Comments_that_make_no_sense_are_kept_and_mean_nothing()
    {
        string[] comments = ["Wavelength", "Detector_distance far away", "Pixel_size 172e-6 furlongs x 172e-6", "=()", "Beam_xy (NaN, 1e999)", "Exposure_time 99 ms"];
        File.WriteAllBytes(_folder["a_1.cbf"], CbfFile.Make(Rows, Columns, Pixels(1), comments));
        await using IFrameSource source = await OpenAsync(_folder["a_1.cbf"]);

        FrameHeader header = source.Header;
        Assert.Equal((null, null, null, null, null), (header.WavelengthAngstrom, header.DistanceMetres, header.PixelSizeXMetres, header.BeamCenterX, header.BeamCenterY));
        Assert.Equal(0.099, header.CountTimeSeconds);
        Assert.Contains("Detector_distance far away", Encoding.UTF8.GetString(source.HeaderJson.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("###CBF: VERSION 1.5", "###XBF: VERSION 1.5", "a_1.cbf is not a CBF file.")]
    [InlineData("--CIF-BINARY-FORMAT-SECTION--", "--CIF-BINARY-FORMAT-SECTIOX--", "a_1.cbf has no image, or is truncated before it.")]
    [InlineData("x-CBF_BYTE_OFFSET", "x-CBF_PACKED", "a_1.cbf is compressed in a way that is not supported; byte-offset is supported.")]
    [InlineData("Encoding: BINARY", "Encoding: BASE64", "a_1.cbf is compressed in a way that is not supported; byte-offset is supported.")]
    [InlineData("signed 32-bit integer", "signed 32-bit real IEEE", "a_1.cbf does not hold little-endian integers of 8, 16 or 32 bits.")]
    [InlineData("LITTLE_ENDIAN", "BIG_ENDIAN", "a_1.cbf does not hold little-endian integers of 8, 16 or 32 bits.")]
    [InlineData("Fastest-Dimension: 7", "Fastest-Dimension: 0", "a_1.cbf does not give rows, columns and bytes of a single image.")]
    [InlineData("Fastest-Dimension: 7", "Fastest-Dimension: 2147483648", "a_1.cbf does not give rows, columns and bytes of a single image.")]
    [InlineData("Fastest-Dimension: 7", "Fastest-Dimension: 2147483647", "a_1.cbf has 35 bytes for 2147483647 x 5 pixels, which is too little.")]
    [InlineData("Fastest-Dimension: 7", "Fastest-Dimension: 8", "a_1.cbf has 35 bytes for 8 x 5 pixels, which is too little.")]
    [InlineData("X-Binary-Size-Padding: 4095", "X-Binary-Size-Third-Dimension: 2", "a_1.cbf does not give rows, columns and bytes of a single image.")]
    [InlineData("X-Binary-Size: 35", "Size: 35", "a_1.cbf does not give rows, columns and bytes of a single image.")]
    [InlineData("X-Binary-Size: 35", "X-Binary-Size: 2147483647", "a_1.cbf is truncated: it has 4170 of the 2147483647 bytes of its image.")]
    [InlineData("X-Binary-Size: 35", "X-Binary-Size: 36", "a_1.cbf is damaged: the MD5 of its image differs from the one in the file.")]
    public async Task A_file_that_cannot_be_read_is_refused_with_the_reason(string right, string wrong, string expected)
    {
        string text = Encoding.Latin1.GetString(CbfFile.Make(Rows, Columns, Pixels(1)));
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["a_1.cbf"], Encoding.Latin1.GetBytes(text.Replace(right, wrong, StringComparison.Ordinal)));

        Result<IFrameSource> opened = await FrameSources.OpenAsync(_folder["a_1.cbf"], Options(), Cancellation);

        Assert.Equal((ErrorCode.UnreadableFile, expected), (opened.Error!.Code, opened.Error.Message));
    }

    [Fact]
    public async Task A_file_cut_anywhere_is_refused()
    {
        byte[] whole = CbfFile.Make(Rows, Columns, Pixels(1), "Wavelength 1 A");
        int end = whole.Length - 4095 - 40;
        for (int length = 0; length < end; length += 7)
        {
            File.WriteAllBytes(_folder["a_1.cbf"], whole[..length]);
            Assert.False((await FrameSources.OpenAsync(_folder["a_1.cbf"], Options(), Cancellation)).IsOk, $"{length} bytes were accepted.");
        }
    }

    [Fact]
    public async Task A_file_of_another_size_in_the_series_ends_it_with_its_name()
    {
        Write("a_1.cbf", Pixels(1));
        File.WriteAllBytes(_folder["a_2.cbf"], CbfFile.Make(1, 2, [1, 2]));
        await using IFrameSource source = await OpenAsync(_folder["a_1.cbf"]);

        HutchException e = await Assert.ThrowsAsync<HutchException>(() => ReadAsync(source));

        Assert.Equal("a_2.cbf has 2 x 1 pixels (int32); the first file of its series, a_1.cbf, has 7 x 5 (int32).", e.Message);
    }

    [Fact]
    public async Task A_folder_stands_for_the_one_series_in_it()
    {
        Write("lysozyme_3.cbf", Pixels(3));
        Write("lysozyme_4.CBF", Pixels(4));
        File.WriteAllText(_folder["notes.txt"], "A poem.");
        await using IFrameSource source = await OpenAsync(_folder.Path);

        Assert.Equal(["000003", "000004"], (await ReadAsync(source)).Select(static frame => frame.Path));
    }

    [Fact]
    public async Task A_folder_with_more_than_one_series_is_refused()
    {
        Write("a_1.cbf", Pixels(1));
        Write("dark.cbf", Pixels(1));

        HutchError refusal = (await FrameSources.OpenAsync(_folder.Path, Options(), Cancellation)).Error!;

        Assert.Equal(ErrorCode.UnreadableFile, refusal.Code);
        Assert.Contains("has more than one series", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("a_1.cbf", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("dark.cbf", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_files_of_one_number_are_refused()
    {
        Write("a_1.cbf", Pixels(1));
        Write("a_01.cbf", Pixels(1));

        Result<IFrameSource> opened = await FrameSources.OpenAsync(_folder["a_1.cbf"], Options(), Cancellation);

        Assert.Contains("have the same number", opened.Error!.Message, StringComparison.Ordinal);
    }

    private static async Task<List<SourceFrame>> ReadAsync(IFrameSource source)
    {
        var frames = new List<SourceFrame>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            frames.Add(frame with { Bytes = frame.Bytes.ToArray() });
        }

        return frames;
    }

    private static async Task<IFrameSource> OpenAsync(string path) => (await FrameSources.OpenAsync(path, Options(), Cancellation)).Value;

    private static FrameSourceOptions Options() => new() { Hdf5Reader = Readers.Command, Time = TimeProvider.System };

    private static int[] Pixels(int number) => [.. Enumerable.Range(0, Rows * Columns).Select(i => i == 3 ? -1 : (number + i) % 5)];

    private static byte[] Bytes(int[] pixels) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray();

    private void Write(string name, int[] pixels) => File.WriteAllBytes(_folder[name], CbfFile.Make(Rows, Columns, pixels));
}
