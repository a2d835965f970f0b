using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Formats.Frames;
using Hutch.Simulator;

namespace Hutch.Cli.Verbs.Simulators;

/// <summary><c>hutch simulate dataset</c>: files as a detector writes them, with a known correct result of the analysis.</summary>
internal static class SimulateVerbs
{
    private static readonly IReadOnlyDictionary<string, SeriesLayout> Layouts = new Dictionary<string, SeriesLayout>
    {
        ["legacy"] = SeriesLayout.Legacy,
        ["in-master"] = SeriesLayout.InMaster,
        ["dectris-2024"] = SeriesLayout.Dectris2024,
        ["diamond"] = SeriesLayout.Diamond,
    };

    private static readonly IReadOnlyDictionary<string, FrameCodec> Compressions = new Dictionary<string, FrameCodec>
    {
        ["bslz4"] = FrameCodec.BitshuffleLz4,
        ["lz4"] = FrameCodec.Lz4,
        ["gzip"] = FrameCodec.Deflate,
        ["none"] = FrameCodec.Raw,
    };

    internal static Command Create(CliHost host) => new VerbGroup(
        "simulate", "Create test data.", new DatasetVerb(host), new SimulateDetectorVerb(host), new SimulateMicroscopeVerb(host));

    private sealed class DatasetVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "dataset",
            "Write a simulated detector file set (NXmx): background, spots of a rotating crystal, gaps, hot and dead pixels, "
            + "with a file of the expected spots.",
            "hutch simulate dataset scans/lysozyme",
            "hutch simulate dataset lysozyme --detector eiger2-16m --images 100 --layout diamond")
    {
        private readonly Argument<string> _series = verb.Argument<string>(
            "series", "The path prefix of the files, such as scans/lysozyme.");
        private readonly Option<string?> _detector = verb.Add(Choice(
            "--detector", "The detector (default: eiger2-4m).", DetectorModel.All.Select(model => model.Name)));
        private readonly Option<int?> _images = verb.Option<int?>("--images N", "The number of images (default: 20).");
        private readonly Option<int?> _imagesPerFile = verb.Option<int?>(
            "--images-per-file N", "The number of images per data file (default: 1000).");
        private readonly Option<string?> _layout = verb.Add(Choice(
            "--layout", "The layout of the files (default: legacy).", Layouts.Keys));
        private readonly Option<string?> _compression = verb.Add(Choice(
            "--compression", "The compression of the frames (default: bslz4).", Compressions.Keys));
        private readonly Option<int?> _bits = verb.Option<int?>("--bits N", "The bits per pixel, 16 or 32 (default: 16).");
        private readonly Option<int?> _channels = verb.Option<int?>(
            "--channels N", "The number of energy thresholds; more than one needs --layout dectris-2024.");
        private readonly Option<ulong?> _seed = verb.Option<ulong?>(
            "--seed N", "The random seed; the same seed gives the same files (default: 1).");

        protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            SimulationOptions options = ReadOptions(context);
            string series = context.FullPath(context.Value(_series)!);
            (string folder, string name) = (Path.GetDirectoryName(series) ?? "/", Path.GetFileName(series));
            context.Progress.Start("Simulating", options.Images, null, "image", "images");
            Result<string> master = SeriesFiles.Write(options, folder, name, new ImageProgress(context.Progress), cancellationToken);
            context.Progress.Dispose();
            string path = master.Value;
            context.Print(
                new SimulateLine(path, options.Images),
                FullJson.Default.SimulateLine,
                $"{path}: {Human.Count(options.Images, "image")} of {options.Detector.Columns} x {options.Detector.Rows} pixels. "
                + $"Expected spots: {name}_truth.jsonl.");
            return Task.FromResult(ExitCode.Ok);
        }

        private static Option<string?> Choice(string name, string description, IEnumerable<string> values)
        {
            Option<string?> option = new(name) { Description = description };
            option.AcceptOnlyFromAmong([.. values]);
            return option;
        }

        private SimulationOptions ReadOptions(CliContext context)
        {
            SimulationOptions defaults = new();
            return new SimulationOptions
            {
                Detector = context.Value(_detector) is { } detector ? DetectorModel.Find(detector).Value : defaults.Detector,
                Images = context.Value(_images) ?? defaults.Images,
                ImagesPerFile = context.Value(_imagesPerFile) ?? defaults.ImagesPerFile,
                Layout = context.Value(_layout) is { } layout ? Layouts[layout] : defaults.Layout,
                Codec = context.Value(_compression) is { } compression ? Compressions[compression] : defaults.Codec,
                BitDepth = context.Value(_bits) ?? defaults.BitDepth,
                Channels = context.Value(_channels) ?? defaults.Channels,
                Seed = context.Value(_seed) ?? defaults.Seed,
            };
        }
    }
}

/// <summary>Reports progress to the user after each image, on the thread that makes it.</summary>
/// <param name="bytes">The bytes of an image; 0 to leave them out.</param>
internal sealed class ImageProgress(ConsoleProgress progress, double bytes = 0) : IProgress<int>
{
    private int _reported;

    public void Report(int value)
    {
        progress.Add(value - _reported, (long)((value - _reported) * bytes));
        _reported = value;
    }
}

/// <summary>The output of <c>hutch simulate dataset --json</c>.</summary>
internal sealed record SimulateLine(string Master, int Images);
