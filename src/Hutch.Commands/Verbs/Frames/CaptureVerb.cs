using Hutch.Capture;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Detectors.DectrisStream;
using Hutch.Disk.Memory;

namespace Hutch.Commands.Verbs.Frames;

/// <summary><c>hutch capture</c>: detector streams become datasets, for as long as it runs.</summary>
internal sealed class CaptureVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "capture",
        "Store detector streams (DECTRIS stream, versions 1 and 2), each series in a dataset of its own, until it is stopped. A copy of "
        + "the stream is read with --listen or --copies: when it cannot be stored fast enough, images wait in memory and on disk, and then "
        + "are left out, and counted. With --direct the detector waits before that, as long as the server stores any.",
        "hutch capture --listen tcp://0.0.0.0:31002 --dataset '{dcid}'",
        "hutch capture --copies tcp://127.0.0.1:31002 --dataset '{visit}/{dcid}' --owners visits.txt --close",
        "hutch capture --copies tcp://127.0.0.1:31002 --dataset '{dcid}' --shadow '/data/{visit}/scan_{dcid}_master.h5'",
        "hutch capture --direct tcp://detector:31001 --dataset '{series}'")
{
    /// <summary>The receiver reads at once, so what waits inside the socket is short; behind it the sender waits.</summary>
    private const int Backlog = 16;

    private readonly Option<string?> _listen = verb.Option<string?>(
        "--listen ADDRESS", "Listen at this address for copies that the acquisition system sends.");
    private readonly Option<string?> _copies = verb.Option<string?>(
        "--copies ADDRESS", "Read the copies that `hutch tee` gives at this address.");
    private readonly Option<string?> _direct = verb.Option<string?>(
        "--direct ADDRESS", "Read from the detector itself, as its only reader: no other program gets these messages.");
    private readonly Option<string> _dataset = verb.Required<string>(
        "--dataset TEMPLATE",
        "The name of each series' dataset, SLUG or OWNER/SLUG; {NAME} stands for that field of user_data or of the start "
        + "message, {series} for the detector's name of the series.");
    private readonly Option<string?> _owners = verb.Option<string?>(
        "--owners FILE", "A file that names the owner for what OWNER becomes, such as the group of a visit: two words a line.");
    private readonly Option<bool> _close = verb.Option<bool>("--close", "Close each dataset when its series has ended.");
    private readonly Option<int?> _temporary = verb.Option<int?>(
        "--temporary DAYS",
        "The datasets are temporary: each expires after this number of days, unless `hutch keep` makes it permanent.");
    private readonly Option<int?> _buffer = verb.Option<int?>(
        "--buffer MIB", "The most memory for images that wait to be stored, MiB (default: 1024).");
    private readonly Option<int?> _spool = verb.Option<int?>(
        "--spool MIB",
        "The most disk space for messages that cannot be stored at once, in the folder of --state, MiB (default: 4096; 0: "
        + "none). They survive the end of this process.");
    private readonly Option<string?> _state = verb.Option<string?>(
        "--state DIR", "The folder that remembers series under way (default: ~/.local/state/hutch/capture).");
    private readonly Option<string?> _shadow = verb.Option<string?>(
        "--shadow TEMPLATE",
        "For a trial next to an existing writer: the master file that it writes for a series, with fields as in --dataset. "
        + "Each series is compared with it (see `hutch compare --live`).");
    private readonly Option<string?> _shadowResults = verb.Option<string?>(
        "--shadow-results TEMPLATE",
        "With --shadow, the file of the results of another pipeline, to compare with those of the newest run.");
    private readonly Option<string?> _shadowReport = verb.Option<string?>(
        "--shadow-report FILE",
        "With --shadow, the file that gets a line for each series (default: shadow.jsonl in the folder of --state).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (string address, bool binds, bool waits) = ReadPlace(context);
        if (context.Value(_buffer) is < 1 or > 1 << 20)
        {
            throw ErrorCode.BadRequest.With("--buffer is 1 to 1 048 576 MiB.").ToException();
        }

        if (context.Value(_spool) is < 0 or > 1 << 30)
        {
            throw ErrorCode.BadRequest.With("--spool is 0 to 1 073 741 824 MiB.").ToException();
        }

        if (context.Value(_temporary) is < 1 or > 36_500)
        {
            throw ErrorCode.BadRequest.With("--temporary is 1 to 36 500 days.").ToException();
        }

        string? owners = context.Value(_owners) is { } file ? context.FullPath(file) : null;
        _ = ReadOwners(owners); // a mistake is told before anything comes
        var naming = new SeriesNaming(context.Value(_dataset)!, () => ReadOwners(owners));
        if (context.Server.IsAnonymous)
        {
            throw ErrorCode.Unauthenticated.With("To create the datasets of series, you must be logged in.").ToException();
        }

        context.Server.DeclareCapture();
        NativeHeap.KeepLargeBlocks();
        var server = new ServerDestination(
            context.Server, naming, context.Value(_close), context.Value(_temporary), context.Report);
        await using ShadowTrial? trial = OpenTrial(context);
        ICaptureDestination destination = trial is null ? server : new ShadowedDestination(server, trial);
        var options = new CaptureOptions
        {
            BufferMegabytes = context.Value(_buffer) ?? 1024,
            SpoolMegabytes = context.Value(_spool) ?? 4096,
            WaitsForSpace = waits,
        };
        using StreamSocket socket = StreamSocket.OpenPull(address, binds, Backlog).Value;
        var capture = new StreamCapture(
            socket, destination, options, new CaptureState(StateFolder(context)), context.Host.Time, context.Report,
            series => Ended(context, series), series => Failed(context, series));
        context.Report($"{(binds ? "Listening at" : "Reading from")} {socket.Endpoint}; Ctrl-C stops it.");
        await capture.RunAsync(cancellationToken);
        context.Report(
            "Stopped; what was received is stored. Unfinished series continue when you start the same command again."
            + (capture.Refused > 0 ? $" {Human.Count(capture.Refused, "message was", "messages were")} left out." : ""));
        return ExitCode.Ok;
    }

    private ShadowTrial? OpenTrial(CliContext context)
    {
        if (context.Value(_shadow) is not { } file)
        {
            return context.Value(_shadowResults) is null && context.Value(_shadowReport) is null
                ? null
                : throw ErrorCode.BadRequest.With("--shadow-results and --shadow-report belong to --shadow.").ToException();
        }

        string report = context.Value(_shadowReport) is { } named
            ? context.FullPath(named)
            : Path.Combine(StateFolder(context), "shadow.jsonl");
        return new ShadowTrial(
            context.ServerConnection,
            new ShadowFiles(file, context.Value(_shadowResults), context.FullPath),
            ShadowReport.Open(report), context.Host.Time, context.Report);
    }

    private static void Ended(CliContext context, CapturedSeries series)
    {
        CaptureRecord record = series.Record;
        string late = record.StoredMilliseconds99 is { } slowest
            ? string.Create(
                CultureInfo.InvariantCulture, $", stored within {record.StoredMillisecondsMedian:0.0} ms (99 %: {slowest:0.0} ms)")
            : "";
        context.Print(
            new CaptureLine(series.Dataset, record, series.StaysOpen),
            CliJson.Default.CaptureLine,
            $"{series.Dataset}: {Human.Count(record.Received, "image")} received, "
            + $"{Human.Count(record.Stored, "frame")} stored, {Human.Count(record.Missing)} missing{late}.");
        foreach (string note in record.Notes)
        {
            context.WriteNote(note);
        }
    }

    private static void Failed(CliContext context, FailedSeries series) => context.Print(
        series,
        CliJson.Default.FailedSeries,
        $"Series {Display.Quote(series.Series)} is over; {Human.Count(series.NotStored)} of its "
        + $"{Human.Count(series.Received, "image was", "images were")} not stored: {series.Problem}");

    private (string Address, bool Binds, bool Waits) ReadPlace(CliContext context) =>
        (context.Value(_listen), context.Value(_copies), context.Value(_direct)) switch
        {
            ({ } address, null, null) => (address, true, false),
            (null, { } address, null) => (address, false, false),
            (null, null, { } address) => (address, false, true),
            _ => throw ErrorCode.BadRequest.With(
                "Say where the stream comes from: --listen, --copies or --direct, one of them.").ToException(),
        };

    private static Dictionary<string, string> ReadOwners(string? file)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in file is null ? [] : File.ReadLines(file))
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2)
            {
                owners[words[0]] = words[1];
            }
            else if (words.Length > 0)
            {
                throw ErrorCode.BadRequest.With(
                    $"{Display.Quote(file!)} has a line without two words: {Display.Quote(line)}.").ToException();
            }
        }

        return owners;
    }

    private string StateFolder(CliContext context) => context.Value(_state) is { } folder
        ? context.FullPath(folder)
        : Path.Combine(UserFolders.Find(context.Host.Environment, "XDG_STATE_HOME", ".local/state"), "capture");
}

/// <summary>The output of <c>hutch capture --json</c> for each series.</summary>
/// <param name="StaysOpen">
/// The reason why the dataset stays open in spite of <c>--close</c>; absent if it was closed, or need not be.
/// </param>
internal sealed record CaptureLine(string Dataset, CaptureRecord Capture, string? StaysOpen);
