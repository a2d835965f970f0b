using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Ingest;
using Hutch.Cli.Output;
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
        Description = "The NXmx master file; the data files that it names are found by it.",
    };

    private readonly Argument<string> _dataset = DatasetArgument.Required(
        "The dataset that takes the frames; it is made when there is none of this name.");

    private readonly Option<string[]> _follow = new("--follow")
    {
        Description = "A folder outside that of the master into which its links may lead; may be given several times.",
        HelpName = "DIR",
    };

    internal IngestVerb(CliHost host)
        : base(
            host,
            "ingest",
            "Store the frames of a detector file, exactly as they are in it, still compressed. Interrupted, "
            + "the same command goes on where it stopped.",
            "hutch ingest scan_1_master.h5 lysozyme")
    {
        Add(_file);
        Add(_dataset);
        Add(_follow);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string file = context.FullPath(context.Value(_file)!);
        var options = new Hdf5ReaderOptions { AllowedFolders = [.. (context.Value(_follow) ?? []).Select(context.FullPath)] };
        Result<IngestSource> opened = await IngestSource.OpenAsync(
            file, OwnReader.Command(), options, context.Host.Time, cancellationToken);
        await using IngestSource source = opened.IsOk ? opened.Value : throw ForAFile(opened.Error).ToException();
        DatasetInfo dataset = await FindOrMakeAsync(context, context.Value(_dataset)!, cancellationToken);

        FrameIngest.Outcome outcome = await new FrameIngest(context.Server, dataset, context.Progress).RunAsync(source, cancellationToken);
        context.Progress.Dispose();
        long missing = source.MissingFrames.Count;
        context.Print(
            new IngestLine(dataset.Name, outcome.Frames, missing, outcome.Bytes),
            CliJson.Default.IngestLine,
            $"{dataset.Name}: {Human.Count(outcome.Frames, "frame", "frames")} of {source.Series.Columns} x {source.Series.Rows} pixels, "
            + $"{Human.Bytes(outcome.Bytes)} stored"
            + (outcome.Kept > 0 ? $"; {Human.Count(outcome.Kept)} were there already." : "."));
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
