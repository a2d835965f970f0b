using System.Runtime.InteropServices;
using System.Text.Json;
using Hutch.Formats.Frames;
using Hutch.Formats.Tests.Support;
using Hutch.Testing;

namespace Hutch.Simulator.Tests;

public sealed class SimulationTests
{
    private const string Inspect =
        """
        import h5py, hashlib, sys
        f = h5py.File(sys.argv[1], 'r')
        names = sorted(n for n in f['entry/data'] if n.startswith('data_')) or ['data']
        for n in names:
            for image in f['entry/data'][n]:
                print(hashlib.sha256((image if image.ndim == 2 else image[0]).tobytes()).hexdigest())
        """;

    // What dxtbx's NXmx reader asks for, item by item.
    private const string RequiredByDxtbx =
        """
        import h5py, sys
        f = h5py.File(sys.argv[1], 'r')
        text = lambda v: v.decode() if isinstance(v, bytes) else v
        def of_class(group, name):
            return [k for k in group if isinstance(group.get(k), h5py.Group) and text(group[k].attrs.get('NX_class', '')) == name]
        assert text(f['entry/definition'][()]) == 'NXmx'
        assert of_class(f, 'NXentry') == ['entry']
        e = f['entry']
        assert of_class(e, 'NXdata') == ['data'] and of_class(e, 'NXinstrument') == ['instrument'] and of_class(e, 'NXsample') == ['sample']
        assert of_class(e['instrument'], 'NXdetector') == ['detector'] and of_class(e['instrument'], 'NXbeam') == ['beam']
        assert text(e['instrument/beam/incident_wavelength'].attrs['units']) == 'angstrom'
        d = e['instrument/detector']
        assert of_class(d, 'NXdetector_module') == ['module']
        assert text(d['sensor_material'][()]) == 'Si' and d['sensor_thickness'][()] > 0 and d['saturation_value'][()] > 0
        m = d['module']
        shape = next(iter(e['data'][n] for n in sorted(e['data']) if n.startswith('data'))).shape[-2:]
        assert tuple(m['data_size'][()]) == shape and tuple(m['data_origin'][()]) == (0, 0)
        for axis in ('fast_pixel_direction', 'slow_pixel_direction', 'module_offset'):
            a = m[axis].attrs
            assert len(a['vector']) == 3 and len(a['offset']) == 3 and text(a['units']) == 'm' and text(a['transformation_type']) == 'translation'
            parent = text(a['depends_on'])
            while parent != '.':
                parent = text(f[parent].attrs['depends_on'])
        scan = f[text(e['sample/depends_on'][()])]
        assert text(scan.attrs['transformation_type']) == 'rotation' and scan.shape == (5,) and text(scan.attrs['depends_on']) == '.'
        print('ok')
        """;

    [Theory]
    [InlineData(SeriesLayout.Legacy, FrameCodec.BitshuffleLz4, 16)]
    [InlineData(SeriesLayout.Legacy, FrameCodec.BitshuffleLz4, 32)]
    [InlineData(SeriesLayout.Legacy, FrameCodec.Lz4, 16)]
    [InlineData(SeriesLayout.InMaster, FrameCodec.ShuffleDeflate, 32)]
    [InlineData(SeriesLayout.Dectris2024, FrameCodec.BitshuffleLz4, 16)]
    [InlineData(SeriesLayout.Diamond, FrameCodec.Deflate, 16)]
    public async Task H5py_reads_the_pixels_that_we_meant(SeriesLayout layout, FrameCodec codec, int bits)
    {
        using var folder = new TemporaryFolder();
        SimulationOptions options = Series.Tiny with { Layout = layout, Codec = codec, BitDepth = bits };
        string master = Series.Write(options, folder);

        string hashes = await Python.RunAsync(Inspect, master);

        Assert.Equal(Enumerable.Range(0, options.Images).Select(image => TestData.Sha256(Series.Draw(options, image, 0))), hashes.Split('\n'));
    }

    [Theory]
    [InlineData(SeriesLayout.Legacy)]
    [InlineData(SeriesLayout.Dectris2024)]
    [InlineData(SeriesLayout.Diamond)]
    public async Task The_master_has_all_that_dxtbx_asks_for(SeriesLayout layout)
    {
        using var folder = new TemporaryFolder();

        Assert.Equal("ok", await Python.RunAsync(RequiredByDxtbx, Series.Write(Series.Tiny with { Layout = layout }, folder)));
    }

    [Fact]
    public void The_same_options_give_the_same_images_and_another_seed_others()
    {
        byte[] first = Series.Draw(Series.Tiny, 1, 0);

        Assert.Equal(first, Series.Draw(Series.Tiny, 1, 0));
        Assert.NotEqual(first, Series.Draw(Series.Tiny, 2, 0));
        Assert.NotEqual(first, Series.Draw(Series.Tiny with { Seed = 8 }, 1, 0));
    }

    [Fact]
    public void The_images_of_a_seed_never_change()
    {
        // Data sets of the demo and of benchmarks are named by their seed.
        string hash = TestData.Sha256(Series.Draw(Series.Tiny, 0, 0));
        Assert.True(hash == "0e4cc9cdaeb87bd1a6cd603cd5dcc705537e441dba28129f167b7f54ffee2520", hash);
    }

    [Fact]
    public void Strong_reflections_are_where_the_truth_says()
    {
        SimulationOptions options = Series.Tiny with { HotPixelsPerMillion = 0, DeadPixelsPerMillion = 0, Detector = DetectorModel.Find("small").Value };
        var simulator = new FrameSimulator(options);
        byte[] bytes = new byte[options.Detector.Rows * options.Detector.Columns * 2];
        int looked = 0;
        for (int image = 0; image < options.Images; image++)
        {
            IReadOnlyList<Reflection> reflections = simulator.Reflections(image);
            int[] counted = new int[reflections.Count];
            simulator.Draw(image, 0, bytes, counted);
            for (int i = 0; i < reflections.Count; i++)
            {
                if (reflections[i].ExpectedPhotons > 300 && IsInside(options.Detector, reflections[i]))
                {
                    AssertSpot(bytes, options.Detector, reflections[i], counted[i]);
                    looked++;
                }
            }
        }

        Assert.True(looked > 5, $"only {looked} strong reflections");
    }

    [Fact]
    public void Every_reflection_obeys_Braggs_law()
    {
        SimulationOptions options = Series.Tiny with { Detector = DetectorModel.Find("eiger2-1m").Value };
        var geometry = Geometry.From(options);
        List<Reflection>[] images = new Crystal(options, geometry).Diffract();

        Assert.All(images, reflections => Assert.True(reflections.Count > 20, $"{reflections.Count} reflections"));
        Assert.All(
            images.SelectMany(static reflections => reflections),
            reflection => Assert.Equal(geometry.ResolutionAt(reflection.X, reflection.Y), reflection.ResolutionAngstrom, 2e-3 * reflection.ResolutionAngstrom));
    }

    [Fact]
    public void The_background_has_the_mean_and_the_variance_of_its_law()
    {
        SimulationOptions options = Series.Tiny with { BackgroundPhotons = 2 };
        uint[] sum = new uint[options.Detector.Rows * options.Detector.Columns];
        var background = new Background(options, Geometry.From(options), 1);
        const int Images = 400;
        int pixel = (options.Detector.Rows / 2 * options.Detector.Columns) + (options.Detector.Columns / 2);
        var counts = new double[Images * 25];
        uint[] image = new uint[sum.Length];
        for (int i = 0; i < Images; i++)
        {
            var random = new SimulationRandom(3, (ulong)i);
            background.Draw(image, ref random);
            for (int j = 0; j < 25; j++)
            {
                counts[(i * 25) + j] = image[pixel + j - 12];
            }
        }

        double mean = counts.Average();
        double variance = counts.Sum(count => (count - mean) * (count - mean)) / counts.Length;
        Assert.InRange(mean, 1.8, 2.2);
        Assert.InRange(variance / mean, 0.95, 1.05);
    }

    [Fact]
    public void Poisson_numbers_have_their_mean_and_variance_small_and_large()
    {
        foreach (double mean in new[] { 0.01, 0.7, 5, 49, 51, 1000 })
        {
            var random = new SimulationRandom(5, (ulong)(mean * 100));
            double[] numbers = Enumerable.Range(0, 20_000).Select(_ => (double)random.NextPoisson(mean)).ToArray();
            double average = numbers.Average();
            double variance = numbers.Sum(number => (number - average) * (number - average)) / numbers.Length;
            Assert.InRange(average, mean - (5 * Math.Sqrt(mean / 20_000)), mean + (5 * Math.Sqrt(mean / 20_000)));
            Assert.InRange(variance / mean, 0.9, 1.1);
        }
    }

    [Fact]
    public void Dead_pixels_and_gaps_are_masked_and_have_no_data_hot_ones_are_neither()
    {
        SimulationOptions options = Series.Tiny with { DeadPixelsPerMillion = 300, HotPixelsPerMillion = 300 };
        var faults = new PixelFaults(options);
        ReadOnlySpan<ushort> pixels = MemoryMarshal.Cast<byte, ushort>(Series.Draw(options, 0, 0));

        Assert.NotEmpty(faults.DeadPixels);
        Assert.NotEmpty(faults.HotPixels);
        for (int i = 0; i < pixels.Length; i++)
        {
            Assert.Equal(faults.Mask[i] != 0, pixels[i] == ushort.MaxValue);
        }

        foreach (int hot in faults.HotPixels)
        {
            Assert.True(pixels[hot] > PixelFaults.HotCounts / 2 && faults.Mask[hot] == 0);
        }
    }

    [Fact]
    public async Task The_ground_truth_is_written_to_the_folder_of_the_series()
    {
        using var folder = new TemporaryFolder();
        Series.Write(Series.Tiny, folder);

        string[] lines = await File.ReadAllLinesAsync(folder["sim_truth.jsonl"], TestContext.Current.CancellationToken);
        using var first = JsonDocument.Parse(lines[0]);
        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["sim_truth.json"], TestContext.Current.CancellationToken));

        Assert.Equal(
            ["image", "h", "k", "l", "x", "y", "d", "expected", "counted"], first.RootElement.EnumerateObject().Select(static p => p.Name));
        Assert.Equal(256, summary.RootElement.GetProperty("rows").GetInt32());
        Assert.Equal(9, summary.RootElement.GetProperty("reciprocalBasis").GetArrayLength());
    }

    [Fact]
    public void The_detectors_have_their_real_sizes()
    {
        (string Name, int Rows, int Columns)[] sizes =
        [
            ("eiger2-500k", 512, 1028), ("eiger2-1m", 1062, 1028), ("eiger2-4m", 2162, 2068), ("eiger2-9m", 3262, 3108),
            ("eiger2-16m", 4362, 4148), ("eiger1-1m", 1065, 1030), ("eiger1-4m", 2167, 2070), ("eiger1-16m", 4371, 4150), ("tiny", 256, 256),
        ];
        Assert.All(sizes, size =>
        {
            DetectorModel model = DetectorModel.Find(size.Name).Value;
            Assert.Equal((size.Rows, size.Columns), (model.Rows, model.Columns));
        });
    }

    [Fact]
    public void What_cannot_be_simulated_is_refused_with_words()
    {
        Assert.Contains("Known are tiny, small,", DetectorModel.Find("huge").Error!.Message, StringComparison.Ordinal);
        Assert.Equal("Cannot simulate this: pixels have 16 or 32 bits.", (Series.Tiny with { BitDepth = 8 }).Validate()!.Message);
        Assert.NotNull((Series.Tiny with { Images = 0 }).Validate());
        Assert.NotNull((Series.Tiny with { Channels = 2 }).Validate());
        Assert.NotNull((Series.Tiny with { WavelengthAngstrom = double.NaN }).Validate());
        Assert.Null(Series.Tiny.Validate());
        using var folder = new TemporaryFolder();
        Assert.False(SeriesFiles.Write(Series.Tiny, folder.Path, "../x", null, TestContext.Current.CancellationToken).IsOk);
    }

    private static bool IsInside(DetectorModel detector, Reflection reflection)
    {
        for (int y = -4; y <= 4; y++)
        {
            for (int x = -4; x <= 4; x++)
            {
                (int row, int column) = ((int)reflection.Y + y, (int)reflection.X + x);
                if (row < 0 || column < 0 || row >= detector.Rows || column >= detector.Columns || detector.IsGap(row, column))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static void AssertSpot(byte[] bytes, DetectorModel detector, Reflection reflection, int counted)
    {
        ReadOnlySpan<ushort> pixels = MemoryMarshal.Cast<byte, ushort>(bytes);
        double sum = 0, sumX = 0, sumY = 0;
        for (int row = (int)reflection.Y - 4; row <= (int)reflection.Y + 4; row++)
        {
            for (int column = (int)reflection.X - 4; column <= (int)reflection.X + 4; column++)
            {
                double value = Math.Max(0, pixels[(row * detector.Columns) + column] - 3);
                sum += value;
                sumX += value * (column + 0.5);
                sumY += value * (row + 0.5);
            }
        }

        Assert.InRange(counted, reflection.ExpectedPhotons * 0.7, reflection.ExpectedPhotons * 1.3);
        Assert.InRange(sumX / sum, reflection.X - 0.6, reflection.X + 0.6);
        Assert.InRange(sumY / sum, reflection.Y - 0.6, reflection.Y + 0.6);
    }
}
