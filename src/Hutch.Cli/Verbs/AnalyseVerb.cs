using System.CommandLine;
using System.Globalization;
using Hutch.Analysis.Steps;
using Hutch.Cli.Buckets;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Client.Http;
using Hutch.Client.S3;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Contracts;
using Hutch.Model.Parameters;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch analyse</c>: every frame through an analysis step, results as they arrive.</summary>
internal sealed class AnalyseVerb : Verb
{
    private const int MaxReconnects = 5;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    private readonly Argument<string?> _dataset = DatasetArgument.Optional(
        "The dataset, as NAME, OWNER/NAME or id; or a bucket of any S3 store, s3://HOST:PORT/BUCKET, to analyse on this machine.");

    private readonly StepOptions _step;

    private readonly Option<string?> _output = new("--output")
    {
        Description = "The name of the dataset for the results.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _follow = new("--follow")
    {
        Description = "Include new frames until the dataset is closed.",
    };

    private readonly Option<bool> _again = new("--again")
    {
        Description = "Start a new run, even if there is one of the same snapshot with the same parameters and version of the program.",
    };

    private readonly Option<string?> _namespace = new("--namespace")
    {
        Description = "The workers that shall do it: those of this namespace (default: default, that of the worker inside the server).",
        HelpName = "NAME",
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
            "hutch analyse lysozyme --step intensity",
            "hutch analyse s3://store:7480/4711")
    {
        Add(_dataset);
        _step = new StepOptions(this);
        Add(_output);
        Add(_follow);
        Add(_again);
        Add(_namespace);
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

        DatasetInfo dataset = await context.ResolveWholeAsync(name, cancellationToken);
        AnalysisInfo analysis = await context.Server.StartAnalysisAsync(
            dataset.Id,
            new StartAnalysis
            {
                Step = _step.Step(context),
                Parameters = _step.Values(context),
                Output = context.Value(_output),
                Follow = context.Value(_follow),
                Namespace = context.Value(_namespace),
                Again = context.Value(_again) ? true : null,
            },
            cancellationToken);
        if (analysis.Existing == true)
        {
            context.Note($"There is a run of the same analysis, {analysis.Run}: `--again` starts a new one.");
        }

        if (context.Value(_noWait))
        {
            context.Print(
                analysis, HutchJson.Default.AnalysisInfo, $"Run {analysis.Run} writes to {analysis.Name ?? analysis.Dataset.ToString()}.");
            return ExitCode.Ok;
        }

        return await FollowAsync(context, analysis, cancellationToken);
    }

    private static async Task<int> FollowAsync(CliContext context, AnalysisInfo analysis, CancellationToken cancellationToken)
    {
        context.AfterInterrupt = $"The server goes on with run {analysis.Run}: the same command shows its results, "
            + $"`hutch runs stop {analysis.Run}` ends it.";
        ResultTable table = Begin(context, analysis.Columns);
        long started = context.Host.Time.GetTimestamp();
        context.Progress.Start("Analysing", analysis.Frames, null);
        var seen = new HashSet<long>();
        long failures = 0;
        ResultsEnd? end = null;
        for (int attempt = 0; end is null; attempt++)
        {
            try
            {
                long? after = seen.Count == 0 ? null : seen.Count;
                await foreach ((ResultRow? row, ResultsEnd? last) in context.Server.FollowResultsAsync(
                    analysis.Dataset, analysis.Run, after, follow: true, cancellationToken))
                {
                    end = last ?? end;
                    if (row is not null && seen.Add(row.FileNumber))
                    {
                        failures += row.Error is null ? 0 : 1;
                        PrintRow(context, table, row);
                        context.Progress.Add(1, 0);
                    }
                }
            }
            catch (Exception e) when (e is ServerUnreachableException or BadAnswerException && attempt < MaxReconnects)
            {
                context.Progress.Tell($"The connection broke ({e.Message.TrimEnd('.')}); reconnecting.");
                await Task.Delay(ReconnectDelay * (attempt + 1), context.Host.Time, cancellationToken);
            }
        }

        context.Progress.Dispose();
        if (end.State is "failed" or "cancelled")
        {
            throw ErrorCode.Unprocessable.With(
                $"The analysis {(end.State == "failed" ? "failed" : "was cancelled")}: {end.Message}").ToException();
        }

        return PrintEnd(
            context, analysis.Existing == true ? null : started, seen.Count, failures,
            $"The results are in {analysis.Name ?? analysis.Dataset.ToString()}.");
    }

    private async Task<int> AnalyseBucketAsync(CliContext context, string name, CancellationToken cancellationToken)
    {
        S3Location location = S3Location.Parse(name).Value;
        string? wrong =
            location.Bucket is null ? $"The address has no bucket; use {S3Location.Form}."
            : context.Value(_follow) || context.Value(_again) || context.Value(_noWait)
                || (context.Value(_output) ?? context.Value(_namespace)) is not null
                ? "A bucket is analysed on this machine and its results are only printed: "
                    + "--follow, --again, --no-wait, --output and --namespace need a dataset on a Hutch server."
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
        ResultTable table = Begin(context, declared.Columns);
        context.Progress.Start("Analysing", frames.Count, null);
        long failures = 0;
        await analysis.RunAsync(
            frames,
            row =>
            {
                Interlocked.Add(ref failures, row.Error is null ? 0 : 1);
                PrintRow(context, table, row);
                context.Progress.Add(1, 0);
            },
            cancellationToken);
        context.Progress.Dispose();
        return PrintEnd(context, started, frames.Count, failures, "The results are printed only, not stored.");
    }

    private static ResultTable Begin(CliContext context, IReadOnlyList<ResultColumn> columns)
    {
        var table = new ResultTable(columns);
        if (!context.Json)
        {
            context.Host.Out.WriteLine(table.Head);
        }

        return table;
    }

    /// <param name="context">Where it is printed.</param>
    /// <param name="started">When the analysis began; null when it did so before this command.</param>
    /// <param name="frames">Frames that have a row.</param>
    /// <param name="failures">Those that failed.</param>
    /// <param name="where">Where the results are.</param>
    private static int PrintEnd(CliContext context, long? started, int frames, long failures, string where)
    {
        string rate = "";
        if (started is long start)
        {
            double seconds = Math.Max(context.Host.Time.GetElapsedTime(start).TotalSeconds, 0.001);
            rate = string.Create(CultureInfo.InvariantCulture, $" in {seconds:0.0} s: {frames / seconds:0.0} frames/s");
        }

        context.Note($"{Human.Count(frames, "frame", "frames")}{rate}{(failures > 0 ? $"; {failures} failed" : "")}. {where}");
        return failures > 0 ? ExitCode.VerificationFailed : ExitCode.Ok;
    }

    private static void PrintRow(CliContext context, ResultTable table, ResultRow row) =>
        context.Print(row, HutchJson.Default.ResultRow, table.Line(row));
}
