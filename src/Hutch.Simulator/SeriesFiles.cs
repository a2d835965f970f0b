using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;

namespace Hutch.Simulator;

/// <summary>
/// Writes a simulated series as detectors and beamlines do: an NXmx master, its data files, and next to them the expected results
/// (<c>NAME_truth.json</c> and one line a reflection in <c>NAME_truth.jsonl</c>).
/// </summary>
public sealed class SeriesFiles
{
    /// <summary>The largest count that a 16-bit image holds; the value above it is a pixel without data.</summary>
    internal const uint Saturation16 = ushort.MaxValue - 1;

    private readonly SimulationOptions _options;
    private readonly string _folder;
    private readonly string _name;
    private readonly FrameSimulator _simulator;

    private SeriesFiles(SimulationOptions options, string folder, string name)
    {
        _options = options;
        _folder = folder;
        _name = name;
        _simulator = new FrameSimulator(options);
    }

    private ElementType Type => _options.BitDepth == 16 ? ElementType.UInt16 : ElementType.UInt32;

    private bool HasChannels => _options.Layout == SeriesLayout.Dectris2024;

    private int Files => _options.Layout == SeriesLayout.InMaster ? 1 : ((_options.Images - 1) / _options.ImagesPerFile) + 1;

    /// <summary>Writes the series into a folder, which is made if need be. Returns the path of the master.</summary>
    /// <param name="progress">Receives the number of images written, after each.</param>
    /// <param name="cancellationToken">Stops between images; the files are incomplete then.</param>
    public static Result<string> Write(
        SimulationOptions options, string folder, string name, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (options.Validate() is { } error)
        {
            return error;
        }

        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
        {
            return ErrorCode.InvalidName.With($"'{name}' is not a valid series name.");
        }

        Directory.CreateDirectory(folder);
        var files = new SeriesFiles(options, folder, name);
        if (files.Names().FirstOrDefault(file => File.Exists(files.PathOf(file))) is { } taken)
        {
            return (ErrorCode.AlreadyExists with { Advice = "Choose another name, or move the files away." })
                .With($"{Display.Quote(files.PathOf(taken))} is there already; a simulation overwrites nothing.");
        }

        lock (Hdf5Library.Gate)
        {
            files.WriteAll(progress, cancellationToken);
        }

        return files.PathOf(files.MasterName);
    }

    private string MasterName => _name + "_master.h5";

    private string DataPath => _options.Layout == SeriesLayout.Diamond ? "/data" : "/entry/data/data";

    private string DataFileName(int file) => string.Create(
        CultureInfo.InvariantCulture, $"{_name}{(_options.Layout == SeriesLayout.Diamond ? "_" : "_data_")}{file + 1:D6}.h5");

    private IEnumerable<string> Names()
    {
        string[] own = [MasterName, _name + "_truth.json", _name + "_truth.jsonl"];
        return _options.Layout == SeriesLayout.InMaster ? own : own.Concat(Enumerable.Range(0, Files).Select(DataFileName));
    }

    private string PathOf(string file) => Path.Combine(_folder, file);

    private void WriteAll(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        uint before = Hdf5Writer.WithoutPlugins();
        try
        {
            using var truth = new GroundTruthWriter(PathOf(_name + "_truth.jsonl"));
            using var master = new Hdf5Writer(PathOf(MasterName));
            new MasterWriter(_options, _simulator).Write(master);
            WriteFrames(master, truth, progress, cancellationToken);
            LinkData(master);
            GroundTruthWriter.WriteSummary(PathOf(_name + "_truth.json"), _options, _simulator);
        }
        finally
        {
            Hdf5Library.Check(Hdf5Library.H5PLset_loading_state(before));
        }
    }

    private void WriteFrames(Hdf5Writer master, GroundTruthWriter truth, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        for (int file = 0; file < Files; file++)
        {
            if (_options.Layout == SeriesLayout.InMaster)
            {
                WriteFile(master, "/entry/data/data_000001", 0, _options.Images, truth, progress, cancellationToken);
            }
            else
            {
                using var data = new Hdf5Writer(PathOf(DataFileName(file)));
                if (_options.Layout != SeriesLayout.Diamond)
                {
                    data.Group("/entry", "NXentry");
                    data.Group("/entry/data", "NXdata");
                }

                WriteFile(data, DataPath, file * _options.ImagesPerFile, ImagesIn(file), truth, progress, cancellationToken);
            }
        }
    }

    private int ImagesIn(int file) => Math.Min(_options.ImagesPerFile, _options.Images - (file * _options.ImagesPerFile));

    private void WriteFile(
        Hdf5Writer writer,
        string path,
        int first,
        int images,
        GroundTruthWriter truth,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        using Hdf5Id dataset = writer.CreateFrames(path, Shape(images), Type, _options.Codec);
        Hdf5Writer.WriteAttribute(dataset, "image_nr_low", first + 1);
        Hdf5Writer.WriteAttribute(dataset, "image_nr_high", first + images);
        byte[] pixels = new byte[_options.Detector.Rows * _options.Detector.Columns * Type.Size()];
        byte[] chunk = new byte[FrameEncoder.MaxEncodedLength(_options.Codec, pixels.Length)];
        for (int image = 0; image < images; image++)
        {
            for (int channel = 0; channel < _options.Channels; channel++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                IReadOnlyList<Reflection> reflections = _simulator.Reflections(first + image);
                int[] counted = new int[reflections.Count];
                _simulator.Draw(first + image, channel, pixels, counted);
                int length = FrameEncoder.Encode(_options.Codec, Type.Size(), pixels, chunk);
                Hdf5Writer.WriteChunk(dataset, Offset(image, channel), chunk.AsSpan(0, length));
                if (channel == 0)
                {
                    truth.WriteImage(first + image + 1, reflections, counted);
                }
            }

            progress?.Report(first + image + 1);
        }
    }

    private ulong[] Shape(int images) => HasChannels
        ? [(ulong)images, (ulong)_options.Channels, (ulong)_options.Detector.Rows, (ulong)_options.Detector.Columns]
        : [(ulong)images, (ulong)_options.Detector.Rows, (ulong)_options.Detector.Columns];

    private ulong[] Offset(int image, int channel) => HasChannels ? [(ulong)image, (ulong)channel, 0, 0] : [(ulong)image, 0, 0];

    private void LinkData(Hdf5Writer master)
    {
        if (_options.Layout is SeriesLayout.Legacy or SeriesLayout.Diamond)
        {
            for (int file = 0; file < Files; file++)
            {
                master.ExternalLink(
                    string.Create(CultureInfo.InvariantCulture, $"/entry/data/data_{file + 1:D6}"), DataFileName(file), DataPath);
            }
        }

        if (_options.Layout is SeriesLayout.Dectris2024 or SeriesLayout.Diamond)
        {
            master.Virtual(
                "/entry/data/data",
                Shape(_options.Images),
                Type,
                Enumerable.Range(0, Files).Select(file => (DataFileName(file), DataPath, Shape(ImagesIn(file)))));
        }
    }
}
