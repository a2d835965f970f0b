using Hutch.Capture;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Objects.S3;

namespace Hutch.Commands.Verbs.Frames;

/// <summary><c>hutch ingest</c>: detector files become a dataset of frames.</summary>
internal sealed class IngestVerb : Verb
{
    private readonly Argument<string> _file = new("source")
    {
        Description = "An NXmx master file, which refers to the data files; or a CBF series: one of its files, or their folder.",
    };

    private readonly Argument<string> _dataset = DatasetArgument.Required(
        "The dataset for the frames; created if it does not exist.");

    private readonly SourceOptions _source = new(
        "The file is still being written, or not there yet: store each frame as soon as it is in the file, until all are.");

    // What --allow-links was called, before a series could be followed.
    private readonly Option<string[]> _follow = new("--follow") { Hidden = true };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "Store the frames in an S3 store instead, s3://HOST:PORT, in the bucket DATASET. "
            + "The key comes from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        HelpName = "URL",
    };

    private readonly Option<bool> _replace = new("--replace")
    {
        Description = "Replace the series that the dataset holds; without it, another series is refused.",
    };

    internal IngestVerb(CliHost host)
        : base(
            host,
            "ingest",
            "Store the frames of a detector file as they are, still compressed. "
            + "After an interruption, run the same command again to resume.",
            "hutch ingest scan_1_master.h5 lysozyme",
            "hutch ingest scan_2_00001.cbf thaumatin",
            "hutch ingest --live scan_3_master.h5 insulin",
            "hutch ingest scan_1_again_master.h5 lysozyme --replace",
            "hutch ingest --host s3://store:7480 scan_1_master.h5 4711")
    {
        Add(_file);
        Add(_dataset);
        Add(_source.AllowLinks);
        Add(_follow);
        Add(_source.Live);
        Add(_source.Idle);
        Add(_host);
        Add(_replace);
        Add(WaitOption.Brief);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_follow) is [_, ..])
        {
            throw ErrorCode.BadRequest.With(
                "--follow is now called --allow-links; --live follows a file that is still being written.").ToException();
        }

        bool isLive = context.Value(_source.Live);
        if (!isLive && context.Value(_source.Idle) is not null)
        {
            throw ErrorCode.BadRequest.With("--idle says how long to wait for the next frame; add --live.").ToException();
        }

        string file = context.FullPath(context.Value(_file)!);
        string name = context.Value(_dataset)!;
        S3Location? bucket = context.Value(_host) is { } host ? S3Location.Parse(host).Value.In(name) : null;
        using S3Client? s3 = bucket is null ? null : BucketConnection.Open(context, bucket, "`hutch ingest SOURCE DATASET`");
        Result<IFrameSource> opened = await FrameSources.OpenAsync(file, _source.From(context, isLive), cancellationToken);
        await using IFrameSource source = opened.IsOk ? opened.Value : throw ForAFile(opened.Error).ToException();
        if (s3 is not null)
        {
            return await StoreAsync(context, source, new BucketSink(s3), name, cancellationToken);
        }

        DatasetInfo dataset = await FindOrMakeAsync(context, name, cancellationToken);
        context.Server.DeclareCapture();
        return await StoreAsync(context, source, new DatasetSink(context.Server, dataset), dataset.Name, cancellationToken);
    }

    private async Task<int> StoreAsync(
        CliContext context, IFrameSource source, IFrameSink sink, string name, CancellationToken cancellationToken)
    {
        IngestOutcome outcome = await new FrameIngest(sink, context.Progress, context.Value(_replace)).RunAsync(source, cancellationToken);
        context.Progress.Dispose();
        context.Print(
            new IngestLine(name, outcome.Frames, outcome.Missing, outcome.Bytes, source.Notes),
            CliJson.Default.IngestLine,
            outcome is { Frames: 0, Kept: > 0 }
                ? $"{name}: nothing new; {Human.Count(outcome.Kept, "frame was", "frames were")} already stored."
                : $"{name}: {Human.Count(outcome.Frames, "frame")} of {source.Header.Columns} x {source.Header.Rows} pixels, "
                + $"{Display.Bytes(outcome.Bytes)} stored"
                + (outcome.Kept > 0 ? $"; {Human.Count(outcome.Kept)} were already stored." : "."));
        foreach (string note in source.Notes)
        {
            context.WriteNote(note);
        }

        if (outcome.MissingNote is { } missing)
        {
            context.WriteNote(missing);
        }

        return ExitCode.Ok;
    }

    /// <summary>A missing file needs other advice than a missing dataset.</summary>
    private static HutchError ForAFile(HutchError error) => error.Code == ErrorCode.NotFound
        ? error with { Code = error.Code with { Advice = "Check the path." } }
        : error;

    private static async Task<DatasetInfo> FindOrMakeAsync(CliContext context, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await context.ResolveWholeAsync(name, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound && !DatasetId.TryParse(name, out _))
        {
            return await context.Server.CreateDatasetAsync(new CreateDataset { Name = name }, cancellationToken);
        }
    }
}

/// <summary>The output of <c>hutch ingest --json</c>.</summary>
/// <param name="Missing">The number of frames that the file never got.</param>
internal sealed record IngestLine(string Dataset, long Frames, long Missing, long Bytes, IReadOnlyList<string> Notes);
