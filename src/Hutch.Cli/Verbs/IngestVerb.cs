using System.CommandLine;
using Hutch.Cli.Buckets;
using Hutch.Cli.Hosting;
using Hutch.Cli.Ingest;
using Hutch.Cli.Output;
using Hutch.Client.S3;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Ingest;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch ingest</c>: a detector's file becomes a dataset of frames.</summary>
internal sealed class IngestVerb : Verb
{
    private readonly Argument<string> _file = new("master")
    {
        Description = "The NXmx master file, which refers to the data files.",
    };

    private readonly Argument<string> _dataset = DatasetArgument.Required(
        "The dataset for the frames; created if it does not exist.");

    private readonly Option<string[]> _follow = new("--follow")
    {
        Description = "A folder, outside the master file's own, that its links may lead to; repeatable.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "Store the frames in an S3 store instead, s3://HOST:PORT, in the bucket DATASET. "
            + "The key comes from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        HelpName = "URL",
    };

    internal IngestVerb(CliHost host)
        : base(
            host,
            "ingest",
            "Store the frames of a detector file as they are, still compressed. "
            + "After an interruption, run the same command again to resume.",
            "hutch ingest scan_1_master.h5 lysozyme",
            "hutch ingest --host s3://store:7480 scan_1_master.h5 4711")
    {
        Add(_file);
        Add(_dataset);
        Add(_follow);
        Add(_host);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string file = context.FullPath(context.Value(_file)!);
        string name = context.Value(_dataset)!;
        S3Location? bucket = context.Value(_host) is { } host ? S3Location.Parse(host).Value.In(name) : null;
        using S3Client? s3 = bucket is null ? null : BucketConnection.Open(context, bucket, "`hutch ingest MASTER DATASET`");
        var options = new Hdf5ReaderOptions { AllowedFolders = [.. (context.Value(_follow) ?? []).Select(context.FullPath)] };
        Result<IngestSource> opened = await IngestSource.OpenAsync(
            file, OwnReader.Command(), options, context.Host.Time, cancellationToken);
        await using IngestSource source = opened.IsOk ? opened.Value : throw ForAFile(opened.Error).ToException();
        if (s3 is not null)
        {
            return await StoreAsync(context, source, new BucketFrames(s3), name, cancellationToken);
        }

        DatasetInfo dataset = await FindOrMakeAsync(context, name, cancellationToken);
        context.Server.DeclareCapture();
        return await StoreAsync(context, source, new DatasetFrames(context.Server, dataset), dataset.Name, cancellationToken);
    }

    private static async Task<int> StoreAsync(
        CliContext context, IngestSource source, IFrameStore store, string name, CancellationToken cancellationToken)
    {
        FrameIngest.Outcome outcome = await new FrameIngest(store, context.Progress).RunAsync(source, cancellationToken);
        context.Progress.Dispose();
        long missing = source.MissingFrames.Count;
        context.Print(
            new IngestLine(name, outcome.Frames, missing, outcome.Bytes),
            CliJson.Default.IngestLine,
            $"{name}: {Human.Count(outcome.Frames, "frame", "frames")} of {source.Series.Columns} x {source.Series.Rows} pixels, "
            + $"{Display.Bytes(outcome.Bytes)} stored"
            + (outcome.Kept > 0 ? $"; {Human.Count(outcome.Kept)} were already stored." : "."));
        if (missing > 0)
        {
            context.Note(
                $"{Human.Count(missing, "frame was", "frames were")} never written to the file: "
                + $"{string.Join(", ", source.MissingFrames.Take(10))}{(missing > 10 ? ", ..." : "")}");
        }

        return ExitCode.Ok;
    }

    /// <summary>What is missing here is a file, and nobody shares it.</summary>
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
