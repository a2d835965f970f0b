using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Tests.Support;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Sources;

/// <summary>CBFlib, which defines the format, reads the same pixels, and what it writes is read.</summary>
public sealed class CbflibTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CBFlib_decodes_the_same_pixels_from_a_file_of_a_real_detector()
    {
        const string Script = """
            import hashlib, pycbf, sys
            file = pycbf.cbf_handle_struct()
            file.read_widefile(sys.argv[1].encode(), pycbf.MSG_DIGEST)
            file.select_datablock(0)
            file.find_category(b"array_data")
            file.find_column(b"data")
            print(hashlib.sha256(file.get_integerarray_as_string()).hexdigest())
            """;
        string path = TestData.Path("dxtbx/omega_scan.cbf");

        string expected = await Python.RunAsync(Script, path);

        Assert.Equal(expected, TestData.Sha256(Assert.Single(await DecodeAsync(path))));
    }

    [Theory]
    [InlineData("i1", "CBF_BYTE_OFFSET")]
    [InlineData("u1", "CBF_BYTE_OFFSET")]
    [InlineData("i2", "CBF_BYTE_OFFSET")]
    [InlineData("u2", "CBF_BYTE_OFFSET")]
    [InlineData("i4", "CBF_BYTE_OFFSET")]
    [InlineData("u4", "CBF_BYTE_OFFSET")]
    [InlineData("i4", "CBF_NONE")]
    [InlineData("u2", "CBF_NONE")]
    public async Task A_series_that_CBFlib_writes_is_read_pixel_by_pixel(string type, string compression)
    {
        // Small counts, adjacent extremes of the type, and random values. But no difference of exactly 2^31: CBFlib cannot read
        // its own encoding of that.
        const string Script = """
            import numpy, pycbf, sys
            folder, kind, compression = sys.argv[1:]
            limits = numpy.iinfo(kind)
            for number in (1, 2, 3):
                random = numpy.random.default_rng(number)
                pixels = (1 + random.poisson(2, (29, 31))).astype("<" + kind)
                pixels[1] = random.choice([limits.min, limits.max, 1], 31)
                pixels[2:9] = random.integers(limits.min, limits.max, (7, 31), endpoint=True)
                file = pycbf.cbf_handle_struct()
                file.new_datablock(b"image_%d" % number)
                file.new_category(b"array_data")
                file.new_column(b"header_convention")
                file.set_value(b"PILATUS_1.2")
                file.new_column(b"header_contents")
                file.set_value(b"# Wavelength 0.9763 A\n# Detector_distance 0.2 m")
                file.new_column(b"data")
                file.set_integerarray_wdims(
                    getattr(pycbf, compression), 1, pixels.tobytes(), pixels.itemsize, int(limits.min < 0), pixels.size, b"little_endian", 31, 29, 1, 0)
                file.write_widefile(b"%s/a_%05d.cbf" % (folder.encode(), number), pycbf.CBF, pycbf.MIME_HEADERS | pycbf.MSG_DIGEST | pycbf.PAD_4K, 0)
                pixels.tofile("%s/a_%05d.raw" % (folder, number))
            """;
        await Python.RunAsync(Script, _folder.Path, type, compression);
        byte[][] expected = [.. Directory.GetFiles(_folder.Path, "*.raw").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

        Assert.Equal(3, expected.Length);
        Assert.Equal(expected, await DecodeAsync(_folder.Path));
    }

    private static async Task<List<byte[]>> DecodeAsync(string path)
    {
        var options = new FrameSourceOptions { Hdf5Reader = Readers.Command, Time = TimeProvider.System };
        await using IFrameSource source = (await FrameSources.OpenAsync(path, options, Cancellation)).Value;
        var frames = new List<byte[]>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            frames.Add(Series.Decode(source, frame));
        }

        return frames;
    }
}
