using System.Diagnostics;
using Hutch.Capture;
using Hutch.Capture.Comparison;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;

namespace Hutch.Commands.Verbs.Frames;

/// <summary><c>hutch compare</c>: whether a captured series is what another writer stored, and another pipeline found.</summary>
internal sealed class CompareVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required("The dataset, as NAME, OWNER/NAME or id.");

    private readonly Argument<string> _file = new("FILE") { Description = "The file of the other writer: its master." };

    private readonly SourceOptions _source = new(
        "The file is still being written, or not there yet: also measure when each frame can be read in it.");

    private readonly Option<string?> _results = new("--results")
    {
        Description = "The results of the other pipeline: CSV with a line of names, or JSON lines; a row for each file-number.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _run = new("--run")
    {
        Description = "The run whose results are compared (default: the newest on the dataset).",
        HelpName = "RUN",
    };

    internal CompareVerb(CliHost host)
        : base(
            host,
            "compare",
            "Compare a captured series with the file of another writer, frame by frame: their bytes, and the pixels where these "
            + "differ; and its results with those of another pipeline. It only reads, with the lowest priority. Fails "
            + "with 7 unless everything is equal.",
            "hutch compare 4711 /data/scan_1_master.h5",
            "hutch compare 4711 /data/scan_1_master.h5 --live --json >> week.jsonl",
            "hutch compare 4711 /data/scan_1_master.h5 --results pia.csv")
    {
        Add(_dataset);
        Add(_file);
        Add(_source.AllowLinks);
        Add(_source.Live);
        Add(_source.Idle);
        Add(_results);
        Add(_run);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        // The writer comes first: the process that reads its file inherits this.
        using (Process own = Process.GetCurrentProcess())
        {
            own.PriorityClass = ProcessPriorityClass.Idle;
        }

        string file = context.FullPath(context.Value(_file)!);
        bool isLive = context.Value(_source.Live);
        string? results = context.Value(_results) is { } named ? context.FullPath(named) : null;
        IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>>? others = isLive ? null : ReadResults(results);
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset)!, cancellationToken);
        var comparison = new SeriesComparison((entry, ct) => ReadAsync(context.Server, dataset, entry, ct), context.Host.Time);
        await using (IFrameSource source = await OpenAsync(context, file, isLive, cancellationToken))
        {
            await comparison.ReadAsync(source, cancellationToken);
        }

        if (isLive)
        {
            await WaitForEndAsync(context, dataset, cancellationToken);
            others = ReadResults(results);
        }

        Dictionary<string, EntryInfo> entries = await ListAsync(context.Server, dataset, cancellationToken);
        FrameComparison frames = await comparison.CompareAsync(
            entries, ct => OpenAsync(context, file, isLive: false, ct), cancellationToken);
        CaptureRecord? record = entries.TryGetValue(CaptureRecord.EntryPath, out EntryInfo? stored)
            ? CaptureRecord.TryParse(await ReadAsync(context.Server, dataset, stored, cancellationToken))
            : null;
        ResultComparison? rows = others is null ? null : ResultComparison.Compare(
            others, await RowsAsync(context, dataset, cancellationToken));
        var line = new CompareLine(
            dataset.Name, file, frames.AreEqual && rows is null or { AreEqual: true },
            isLive ? frames : frames with { FileMillisecondsMedian = null, FileMilliseconds99 = null },
            rows, record?.StoredMillisecondsMedian, record?.StoredMilliseconds99);
        context.Print(line, ComparisonJson.Default.CompareLine, Text(line));
        return line.Equal ? ExitCode.Ok : ExitCode.VerificationFailed;
    }

    private static string Text(CompareLine line)
    {
        FrameComparison frames = line.Frames;
        var text = new List<string>
        {
            $"{line.Dataset} and {Display.Quote(line.File)} are {(line.Equal ? "equal" : "NOT EQUAL")}.",
            $"  frames of the file  {Human.Count(frames.Frames)}: {Human.Count(frames.SameBytes)} equal byte for byte, "
                + $"{Human.Count(frames.SamePixels)} in all pixels, {Human.Count(frames.Different.Count)} different",
        };
        Name("different", frames.Different);
        Name("only in the file", frames.OnlyInFile);
        Name("only in the dataset", frames.OnlyInDataset);
        if (line.Results is { } results)
        {
            text.Add($"  results             {Human.Count(results.Rows)}: {Human.Count(results.Equal)} equal");
            Name("columns compared", results.Columns);
            Name("only in the results", results.OtherColumns);
            Name("different results", results.Different);
            Name("in one of them", [.. results.Missing.Select(frame => frame.ToString(CultureInfo.InvariantCulture))]);
        }

        Latency("readable in the file", frames.FileMillisecondsMedian, frames.FileMilliseconds99);
        Latency("stored in Hutch", line.StoredMillisecondsMedian, line.StoredMilliseconds99);
        return string.Join(Environment.NewLine, text);

        void Name(string what, IReadOnlyList<string> which)
        {
            if (which.Count > 0)
            {
                text.Add($"  {what,-19} {Human.Count(which.Count)}: {string.Join(", ", which.Take(10))}{(which.Count > 10 ? ", …" : "")}");
            }
        }

        void Latency(string what, double? median, double? most)
        {
            if (median is not null)
            {
                text.Add(string.Create(
                    CultureInfo.InvariantCulture, $"  {what,-19} {median:0.0} ms after its last byte was received (99 %: {most:0.0} ms)"));
            }
        }
    }

    private async Task<IFrameSource> OpenAsync(CliContext context, string file, bool isLive, CancellationToken cancellationToken) =>
        (await FrameSources.OpenAsync(file, _source.From(context, isLive), cancellationToken)).Value;

    private static IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>>? ReadResults(string? file) =>
        file is null ? null : ResultComparison.Read(File.ReadLines(file)).Value;

    /// <summary>
    /// The other writer may be faster than the capture, whose record comes last. A dataset that was not captured never gets one.
    /// </summary>
    private async Task WaitForEndAsync(CliContext context, DatasetInfo dataset, CancellationToken cancellationToken)
    {
        TimeProvider time = context.Host.Time;
        long began = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (time.GetElapsedTime(began) < _source.IdleTimeout(context)
            && await context.Server.GetEntryHashAsync(dataset.Id, at: null, CaptureRecord.EntryPath, cancellationToken) is null)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static async Task<Dictionary<string, EntryInfo>> ListAsync(
        HutchClient server, DatasetInfo dataset, CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, EntryInfo>(StringComparer.Ordinal);
        using FixedListing<EntryInfo> listing = await server.ListFilesAsync(dataset.Id, at: null, ct: cancellationToken);
        await foreach (EntryInfo entry in listing.Lines.WithCancellation(cancellationToken))
        {
            entries[entry.Path] = entry;
        }

        return entries;
    }

    private async Task<Dictionary<long, ResultRow>> RowsAsync(CliContext context, DatasetInfo dataset, CancellationToken cancellationToken)
    {
        RunInfo? run = context.Value(_run) is { } id
            ? await context.Server.GetRunAsync(id, cancellationToken)
            : await context.Server.ListRunsAsync(dataset.Id, ct: cancellationToken)
                .FirstOrDefaultAsync(one => one.Inputs.Any(input => input.Dataset == dataset.Id), cancellationToken);
        if (run is not { Outputs: [var output, ..] })
        {
            throw ErrorCode.NotFound.With($"{dataset.Name} has no results to compare: analyse it first.").ToException();
        }

        var rows = new Dictionary<long, ResultRow>();
        await foreach ((ResultRow? row, _) in context.Server.FollowResultsAsync(output, run.Id, null, follow: true, cancellationToken))
        {
            if (row is not null)
            {
                rows[row.FileNumber] = row;
            }
        }

        return rows;
    }

    private static async Task<byte[]> ReadAsync(
        HutchClient server, DatasetInfo dataset, EntryInfo entry, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await server.OpenEntryAsync(dataset.Id, at: null, entry.Path, offset: 0, cancellationToken);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return entry.Hash is null || BlobHash.Compute(bytes) == entry.Hash
            ? bytes
            : throw ErrorCode.DigestMismatch.With($"What came of {entry.Path} is not what is stored.").ToException();
    }
}
