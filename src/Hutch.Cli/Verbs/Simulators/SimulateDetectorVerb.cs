using System.Text.Json.Nodes;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Frames;
using Hutch.Detectors.DectrisStream;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.NxMx;
using Hutch.Simulator;

namespace Hutch.Cli.Verbs.Simulators;

internal sealed class SimulateDetectorVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "detector",
        "Send a simulated series as a DECTRIS detector does (ZeroMQ). It waits for a reader, then starts.",
        "hutch simulate detector --rate 100 --frames 1000",
        "hutch simulate detector --stream 1 --size 1M --frames 500",
        "hutch simulate detector --rows 20 --columns 30 --snake --rate 500 --size 1M",
        "hutch simulate detector --from scans/lysozyme_master.h5 --realtime --rate 133")
{
    private const int Backlog = 16;
    private const int RealTimeBacklog = 256;

    private static readonly IReadOnlyDictionary<string, string> Sizes = new Dictionary<string, string>
    {
        ["256k"] = "small",
        ["1M"] = "eiger2-1m",
        ["4M"] = "eiger2-4m",
        ["9M"] = "eiger2-9m",
        ["16M"] = "eiger2-16m",
    };

    private readonly Option<string?> _at = verb.Option<string?>(
        "--at ADDRESS", "The address at which readers find the detector (default: tcp://127.0.0.1:31001).");
    private readonly Option<string?> _to = verb.Option<string?>(
        "--to ADDRESS", "Send to a reader that listens at this address instead.");
    private readonly Option<string?> _size = verb.Option<string?>("--size", "The number of pixels (default: 4M).")
        .AcceptOnlyFromAmong([.. Sizes.Keys]);
    private readonly Option<int?> _frames = verb.Option<int?>(
        "--frames N", "The number of images (default: 100, or those of the grid).");
    private readonly Option<double?> _rate = verb.Option<double?>(
        "--rate N", "Images a second (default: as fast as they are read).");
    private readonly Option<string?> _from = verb.Option<string?>(
        "--from FILE", "Send the frames of this detector file, repeated if there are fewer than images.");
    private readonly Option<int?> _rows = verb.Option<int?>("--rows N", "Scan a grid with this many rows.");
    private readonly Option<int?> _columns = verb.Option<int?>("--columns N", "The columns of the grid.");
    private readonly Option<bool> _snake = verb.Option<bool>("--snake", "Scan every other row of the grid backwards.");
    private readonly Option<bool> _realTime = verb.Option<bool>(
        "--realtime", "Drop images that are not read in time, as a detector does, instead of waiting.");
    private readonly Option<int?> _stream = verb.Option<int?>(
        "--stream VERSION", "The version of the stream: 2, or 1 as EIGER1 detectors send it (default: 2).");
    private readonly Option<string?> _userData = verb.Option<string?>(
        "--user-data JSON",
        "The field user_data of the start message, a JSON object (default: {\"dcid\": seconds since 1970}).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        GridScan? grid = ReadGrid(context);
        int images = context.Value(_frames) ?? (grid is null ? 100 : grid.Rows * grid.Columns);
        double? rate = context.Value(_rate);
        if (images is < 1 or > 1_000_000 || rate is <= 0 or > 100_000)
        {
            throw ErrorCode.BadRequest.With("A series has 1 to 1 000 000 images, and at most 100 000 a second.").ToException();
        }

        int version = context.Value(_stream) ?? 2;
        if (version is not (1 or 2))
        {
            throw ErrorCode.BadRequest.With("--stream is 1 or 2.").ToException();
        }

        string unique = "SIM" + Guid.NewGuid().ToString("N").ToUpperInvariant()[..20];
        var series = new StreamSeriesName(context.Host.Time.GetUtcNow().ToUnixTimeSeconds() % 100_000, unique);
        SimulatedStream stream = await MakeAsync(context, series, grid, images, cancellationToken);
        bool isRealTime = context.Value(_realTime);
        (string address, bool binds) = context.Value(_to) is { } to ? (to, false) : (context.Value(_at) ?? "tcp://127.0.0.1:31001", true);
        using StreamSocket socket =
            StreamSocket.OpenPush(address, binds, isRealTime ? RealTimeBacklog : Backlog, TimeSpan.FromSeconds(10)).Value;
        context.WriteNote($"Sending {unique} {(binds ? "at" : "to")} {socket.Endpoint} as soon as there is a reader.");
        var detector = new SimulatedDetector(stream, socket, context.Host.Time, version);
        context.Progress.Start("Sending", images, null, "image", "images");
        long began = context.Host.Time.GetTimestamp();
        await detector.RunAsync(images, rate, isRealTime, new ImageProgress(context.Progress, stream.ImageBytes), cancellationToken);
        double seconds = context.Host.Time.GetElapsedTime(began).TotalSeconds;
        context.Progress.Dispose();
        context.Print(
            new SimulateDetectorLine(unique, detector.Sent, detector.Dropped, Math.Round(seconds, 3)),
            FullJson.Default.SimulateDetectorLine,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{unique}: {Human.Count(detector.Sent, "image")} sent in {seconds:0.0} s, {detector.Sent / seconds:0} a second")
            + (isRealTime ? $"; {Human.Count(detector.Dropped)} dropped." : "."));
        return ExitCode.Ok;
    }

    private GridScan? ReadGrid(CliContext context) => (context.Value(_rows), context.Value(_columns)) switch
    {
        (null, null) => null,
        (int rows and > 0, int columns and > 0) when (long)rows * columns <= 1_000_000 =>
            new GridScan(rows, columns, context.Value(_snake)),
        _ => throw ErrorCode.BadRequest.With("A grid has --rows and --columns, at most 1 000 000 cells.").ToException(),
    };

    private async Task<SimulatedStream> MakeAsync(
        CliContext context, StreamSeriesName series, GridScan? grid, int images, CancellationToken cancellationToken)
    {
        JsonObject userData = ReadUserData(context);
        if (context.Value(_from) is not { } file)
        {
            var options = new SimulationOptions
            {
                Detector = DetectorModel.Find(Sizes[context.Value(_size) ?? "4M"]).Value,
                Images = images,
            };
            return SimulatedStream.Simulate(options, series, grid, userData, cancellationToken).Value;
        }

        var source = new FrameSourceOptions { Hdf5Reader = ReaderLauncher.Command(), Time = context.Host.Time };
        await using IFrameSource opened = (await FrameSources.OpenAsync(context.FullPath(file), source, cancellationToken)).Value;
        return (await SimulatedStream.FromFileAsync(opened, images, series, userData, cancellationToken)).Value;
    }

    private JsonObject ReadUserData(CliContext context)
    {
        if (context.Value(_userData) is not { } text)
        {
            return new JsonObject { ["dcid"] = context.Host.Time.GetUtcNow().ToUnixTimeSeconds() };
        }

        try
        {
            if (JsonNode.Parse(text) is JsonObject value)
            {
                return value;
            }
        }
        catch (JsonException)
        {
            // The same as any other text that is no object.
        }

        throw ErrorCode.BadRequest.With("--user-data is not a JSON object.").ToException();
    }
}

/// <summary>The output of <c>hutch simulate detector --json</c>.</summary>
/// <param name="Dropped">The number of images dropped because they were not read in time.</param>
internal sealed record SimulateDetectorLine(string Series, long Sent, long Dropped, double Seconds);
