using Hutch.Analysis.Steps;
using Hutch.Cli.Buckets;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs;
using Hutch.Commands.Verbs.Runs;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;
using Hutch.Objects.S3;

namespace Hutch.Cli.Verbs.Runs;

/// <summary><c>hutch analyse</c>: every frame through an analysis step, results as they arrive.</summary>
internal sealed class AnalyseVerb : Verb
{
    private readonly Argument<string?> _dataset = DatasetArgument.Optional(
        "The dataset, as NAME, OWNER/NAME or id; or a bucket of any S3 store, s3://HOST:PORT/BUCKET, to analyse on this machine.");

    private readonly StepOptions _step;

    private readonly Option<bool> _again = new("--again")
    {
        Description = "Start a new run, even if there is one of the same snapshot with the same parameters and version of the program.",
    };

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Start the analysis and return; it runs in the server." };

    private readonly Option<bool> _list = new("--list-steps")
    {
        Description = "List the server's analysis steps with their parameters and result columns.",
    };

    internal AnalyseVerb(CliHost host)
        : base(
            host,
            "analyse",
            "Find the diffraction spots in every frame of a dataset, or run another analysis step. Prints the results as they arrive and "
                + "stores them in a new dataset. An analysis that is there already is shown.",
            "hutch analyse lysozyme",
            "hutch analyse lysozyme --d-max 40 --json > spots.jsonl",
            "hutch analyse lysozyme --follow",
            "hutch analyse lysozyme --follow --when-behind newest",
            "hutch analyse lysozyme --step intensity",
            "hutch analyse s3://store:7480/4711")
    {
        Add(_dataset);
        _step = new StepOptions(this);
        Add(_step.Output);
        Add(_step.Follow);
        Add(_step.WhenBehind);
        Add(_again);
        Add(_step.Namespace);
        Add(_step.Callback);
        Add(_noWait);
        Add(_list);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_list))
        {
            await StepListing.PrintAsync(context, cancellationToken);
            return ExitCode.Ok;
        }

        string name = context.Value(_dataset)
            ?? throw ErrorCode.BadRequest.With("Name the dataset: hutch analyse DATASET.").ToException();
        if (S3Location.IsOne(name))
        {
            return await AnalyseBucketAsync(context, name, cancellationToken);
        }

        StartAnalysis wanted = _step.CreateRequest(context) with
        {
            Again = context.Value(_again) ? true : null,
        };
        return await RunResults.StartAsync(context, name, wanted, !context.Value(_noWait), cancellationToken);
    }

    private async Task<int> AnalyseBucketAsync(CliContext context, string name, CancellationToken cancellationToken)
    {
        S3Location location = S3Location.Parse(name).Value;
        string? wrong =
            location.Bucket is null ? $"The address has no bucket; use {S3Location.Form}."
            : context.Value(_step.Follow) || context.Value(_again) || context.Value(_noWait) || _step.NeedsServer(context)
                ? "A bucket is analysed on this machine and its results are only printed: --follow, --when-behind, --again, --no-wait, "
                    + "--output, --namespace and --callback need a dataset on a Hutch server."
            : null;
        if (wrong is not null)
        {
            throw ErrorCode.BadRequest.With(wrong).ToException();
        }

        StepDeclaration declared = AnalysisSteps.Catalog.Find(_step.Step(context)).Value;
        ParameterValues values = ParameterValues.Check(declared, _step.Values(context)).Value;
        using S3Client client = BucketConnection.Open(context, location, "`hutch analyse DATASET`");
        var analysis = new BucketAnalysis(client, AnalysisSteps.All.First(step => step.Declaration == declared), values);
        long started = context.Host.Time.GetTimestamp();
        IReadOnlyList<S3Item> frames = await analysis.ListFramesAsync(cancellationToken);
        ResultTable table = RunResults.Begin(context, declared.Columns);
        context.Progress.Start("Analysing", frames.Count, null, "frame", "frames");
        long failures = 0;
        await analysis.RunAsync(
            frames,
            row =>
            {
                // Rows come from several threads, and a line is written in pieces.
                lock (table)
                {
                    failures += row.Error is null ? 0 : 1;
                    RunResults.PrintRow(context, table, row);
                }

                context.Progress.Add(1, 0);
            },
            cancellationToken);
        context.Progress.Dispose();
        return RunResults.PrintEnd(context, started, frames.Count, failures, "The results are printed only, not stored.");
    }
}
