using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Tests.Steps;

/// <summary>The profile against an independent computation with numpy, and the picture against the obvious way to make it.</summary>
public sealed class RadialStepTests
{
    private const uint Saturation = 60;

    // Computes the angle of every pixel from its definition, and the sums with numpy's own histogram.
    private const string Numpy = """
        import sys, numpy
        pixels, mask = numpy.load(sys.argv[1]), numpy.load(sys.argv[2])
        wavelength, distance, size_x, size_y, beam_x, beam_y, d_min, d_max = map(float, sys.argv[3:11])
        rings, saturation = int(sys.argv[11]), int(sys.argv[12])
        y, x = numpy.indices(pixels.shape) + 0.5
        radius = numpy.hypot((x - beam_x) * size_x, (y - beam_y) * size_y)
        q = 4 * numpy.pi * numpy.sin(numpy.arctan2(radius, distance) / 2) / wavelength
        good = (mask == 0) & (pixels <= saturation)
        edges = numpy.linspace(2 * numpy.pi / d_max, 2 * numpy.pi / d_min, rings + 1)
        count, _ = numpy.histogram(q[good], edges)
        total, _ = numpy.histogram(q[good], edges, weights=pixels[good].astype(numpy.float64))
        for middle, n, s in zip((edges[:-1] + edges[1:]) / 2, count, total):
            print(f"{middle:.17g},{2 * numpy.pi / middle:.17g},{repr(float(s / n)) if n else ''},{n}")
        """;

    private static readonly RadialStep Step = new();

    private static readonly FrameHeader Header = new()
    {
        Rows = TestData.SyntheticHeight,
        Columns = TestData.SyntheticWidth,
        Type = ElementType.UInt16,
        SaturationValue = Saturation,
        WavelengthAngstrom = 0.9763,
        DistanceMetres = 0.1,
        PixelSizeXMetres = 300e-6,
        PixelSizeYMetres = 172e-6,
        BeamCenterX = 165.3,
        BeamCenterY = 120.7,
    };

    [Theory]
    [InlineData(1), InlineData(4)]
    public async Task The_radial_average_is_that_of_numpy(int number)
    {
        TestImage image = TestData.Synthetic(number);
        (double highest, double lowest, int rings) = (2.1, 31.7, 75);
        using IPreparedStep prepared = StepRows.Prepare(Step, Header, image, $$"""{"rings":{{rings}},"dMin":2.1,"dMax":31.7}""");

        (JsonElement row, Dictionary<string, byte[]> files) = Analyse(prepared, TestData.Chunk(number), number);

        string[][] ours = Table(Encoding.ASCII.GetString(files[$"radial/{number:D6}.csv"]));
        string[][] theirs = Table("q,d,mean,pixels\n" + await NumpyAsync(image, highest, lowest, rings));
        Assert.Equal(rings + 1, ours.Length);
        Assert.Equal(theirs[0], ours[0]);
        foreach ((string[] mine, string[] peer) in ours.Zip(theirs).Skip(1))
        {
            Assert.Equal(Number(peer[0]), Number(mine[0]), 1e-9);
            Assert.Equal(Number(peer[1]), Number(mine[1]), 1e-9);
            Assert.Equal(peer[3], mine[3]);
            Assert.Equal(peer[2].Length == 0 ? double.NaN : Number(peer[2]), mine[2].Length == 0 ? double.NaN : Number(mine[2]), 1e-9);
        }

        string[] best = ours.Skip(1).Where(ring => int.Parse(ring[3], CultureInfo.InvariantCulture) >= 30).MaxBy(ring => Number(ring[2]))!;
        Assert.Equal(ours.Skip(1).Sum(ring => long.Parse(ring[3], CultureInfo.InvariantCulture)), row.GetProperty("n_averaged").GetInt64());
        Assert.Equal((Number(best[2]), Number(best[1])), (row.GetProperty("ring_mean").GetDouble(), row.GetProperty("ring_d").GetDouble()));
    }

    [Fact]
    public void Without_limits_every_valid_pixel_is_in_a_ring()
    {
        TestImage image = TestData.Synthetic(1);
        using IPreparedStep prepared = StepRows.Prepare(Step, Header, image);

        (JsonElement row, _) = Analyse(prepared, TestData.Chunk(1), 1);

        uint[] valid = [.. image.Pixels.Where((pixel, i) => image.Valid[i] && pixel <= Saturation)];
        Assert.Equal(valid.Length, row.GetProperty("n_averaged").GetInt64());
        Assert.Equal(valid.Average(pixel => (double)pixel), row.GetProperty("mean").GetDouble(), 1e-12);
    }

    [Fact]
    public void Without_a_geometry_there_is_the_picture_and_the_mean_and_no_ring()
    {
        var header = new FrameHeader { Rows = Header.Rows, Columns = Header.Columns, Type = Header.Type, SaturationValue = Saturation };
        using IPreparedStep prepared = StepRows.Prepare(Step, header, TestData.Synthetic(2));

        (JsonElement row, Dictionary<string, byte[]> files) = Analyse(prepared, TestData.Chunk(2), 2);

        Assert.Equal(["previews/000002.png"], files.Keys);
        Assert.Equal((JsonValueKind.Number, JsonValueKind.Null, JsonValueKind.Null), (row.GetProperty("mean").ValueKind, row.GetProperty("ring_mean").ValueKind, row.GetProperty("ring_d").ValueKind));
        Assert.False(Step.Prepare(header, null, StepRows.Values(Step, """{"dMin":2}""")).IsOk);
    }

    [Theory]
    [InlineData(1, 100), InlineData(3, 300), InlineData(64, 7)]
    public void A_pixel_of_the_picture_is_the_largest_of_its_square_with_colours_for_the_saturated_and_the_masked(int bin, int black)
    {
        TestImage image = TestData.Synthetic(3);
        using IPreparedStep prepared = StepRows.Prepare(Step, Header, image, $$"""{"bin":{{bin}},"black":{{black}}}""");

        byte[] file = Analyse(prepared, TestData.Chunk(3), 3).Files["previews/000003.png"];

        (int width, int height, byte[] colours) = ReadPng(file);
        Assert.Equal(((image.Width + bin - 1) / bin, (image.Height + bin - 1) / bin), (width, height));
        for (int i = 0; i < colours.Length; i++)
        {
            Assert.Equal(Colour(image, i % width * bin, i / width * bin, bin, black), colours[i]);
        }
    }

    [Fact]
    public void A_damaged_frame_leaves_no_files()
    {
        using IPreparedStep prepared = StepRows.Prepare(Step, Header, null);

        (JsonElement row, Dictionary<string, byte[]> files) = Analyse(prepared, TestData.Chunk(1)[..2000], 1);

        Assert.True(row.TryGetProperty("error", out _));
        Assert.Empty(files);
    }

    private static (JsonElement Row, Dictionary<string, byte[]> Files) Analyse(IPreparedStep prepared, byte[] chunk, int number)
    {
        using var row = new RowWriter(Step.Declaration.Columns);
        row.Write(prepared, new RawFrame(number, chunk, null));
        return (JsonElement.Parse(row.Row.Span), row.Files.ToDictionary(file => file.PathOf(number), file => file.Bytes.ToArray()));
    }

    private static byte Colour(TestImage image, int left, int top, int bin, int black)
    {
        const byte Saturated = 254, NoData = 255;
        long largest = -1;
        for (int y = top; y < Math.Min(top + bin, image.Height); y++)
        {
            for (int x = left; x < Math.Min(left + bin, image.Width); x++)
            {
                largest = Math.Max(largest, image.Valid[(y * image.Width) + x] && image[x, y] < ushort.MaxValue ? image[x, y] : -1);
            }
        }

        return largest < 0 ? NoData
            : largest > Saturation ? Saturated
            : (byte)Math.Round(253 * Math.Min(1, Math.Log(1 + largest) / Math.Log(1 + black)));
    }

    /// <summary>Reads the chunks as the standard has them, with the framework's zlib.</summary>
    private static (int Width, int Height, byte[] Colours) ReadPng(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        int Number(int at) => (file[at] << 24) | (file[at + 1] << 16) | (file[at + 2] << 8) | file[at + 3];
        (int width, int height) = (Number(16), Number(20));
        Assert.Equal([8, 3, 0, 0, 0], file[24..29]);
        int data = 8 + 25 + 12 + (3 * 256);
        Assert.Equal("IDAT", Encoding.ASCII.GetString(file, data + 4, 4));
        using var zlib = new ZLibStream(new MemoryStream(file, data + 8, Number(data)), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        byte[] bytes = rows.ToArray();
        Assert.Equal(height * (width + 1), bytes.Length);
        Assert.Equal("IEND", Encoding.ASCII.GetString(file, file.Length - 8, 4));
        return (width, height, [.. bytes.Where((_, i) => i % (width + 1) > 0)]);
    }

    private static async Task<string> NumpyAsync(TestImage image, double highest, double lowest, int rings)
    {
        string folder = Directory.CreateTempSubdirectory("hutch-radial-").FullName;
        try
        {
            (string pixels, string mask) = (Path.Combine(folder, "pixels.npy"), Path.Combine(folder, "mask.npy"));
            var array = new NumericArray(ElementType.UInt16, [image.Height, image.Width], MemoryMarshal.AsBytes<ushort>(image.As16Bit()).ToArray());
            await File.WriteAllBytesAsync(pixels, NumpyFile.Write(array), TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(mask, NumpyFile.Write(StepRows.Mask(image)), TestContext.Current.CancellationToken);
            double?[] numbers =
            [
                Header.WavelengthAngstrom, Header.DistanceMetres, Header.PixelSizeXMetres, Header.PixelSizeYMetres, Header.BeamCenterX,
                Header.BeamCenterY, highest, lowest, rings, Saturation,
            ];
            string[] arguments = ["-c", Numpy, pixels, mask, .. numbers.Select(number => number!.Value.ToString("R", CultureInfo.InvariantCulture))];
            using Process process = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, await errors);
            return output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[][] Table(string csv) => [.. csv.TrimEnd().Split('\n').Select(line => line.Split(','))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
