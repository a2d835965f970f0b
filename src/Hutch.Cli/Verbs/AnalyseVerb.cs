using System.CommandLine;
using System.Globalization;
using Hutch.Cli.Buckets;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Client.Http;
using Hutch.Client.S3;
using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Site.Runs;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch analyse</c>: every frame through the spot finder, results as they arrive.</summary>
internal sealed class AnalyseVerb : Verb
{
    private const int MaxReconnects = 5;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    private readonly Argument<string> _dataset = DatasetArgument.Required(
        "The dataset, as NAME, OWNER/NAME or id; or a bucket of any S3 store, s3://HOST:PORT/BUCKET, to analyse on this machine.");

    private readonly Option<string?> _algorithm = new("--algorithm")
    {
        Description = "dispersion or dispersion_extended (default: dispersion).",
        HelpName = "NAME",
    };

    private readonly Option<double?> _dMin = new("--d-min") { Description = "The highest resolution to use, in ångström.", HelpName = "D" };
    private readonly Option<double?> _dMax = new("--d-max") { Description = "The lowest resolution to use, in ångström.", HelpName = "D" };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "The name of the dataset for the results.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _follow = new("--follow")
    {
        Description = "Include new frames until the dataset is closed.",
    };

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Start the analysis and return; it runs in the server." };

    internal AnalyseVerb(CliHost host)
        : base(
            host,
            "analyse",
            "Find the diffraction spots in every frame of a dataset. Prints the results as they arrive and stores them in a new dataset.",
            "hutch analyse lysozyme",
            "hutch analyse lysozyme --d-max 40 --json > spots.jsonl",
            "hutch analyse lysozyme --follow",
            "hutch analyse s3://store:7480/4711")
    {
        Add(_dataset);
        Add(_algorithm);
        Add(_dMin);
        Add(_dMax);
        Add(_output);
        Add(_follow);
        Add(_noWait);
        _algorithm.AcceptOnlyFromAmong("dispersion", "dispersion_extended");
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (S3Location.IsOne(context.Value(_dataset)))
        {
            return await AnalyseBucketAsync(context, cancellationToken);
        }

        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        AnalysisInfo analysis = await context.Server.StartAnalysisAsync(
            dataset.Id,
            new StartAnalysis
            {
                Algorithm = context.Value(_algorithm),
                DMin = context.Value(_dMin),
                DMax = context.Value(_dMax),
                Output = context.Value(_output),
                Follow = context.Value(_follow),
            },
            cancellationToken);
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
        PrintHead(context);
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
                        context.Progress.Above(() => PrintRow(context, row));
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

        return PrintEnd(context, started, seen.Count, failures, $"The results are in {analysis.Name ?? analysis.Dataset.ToString()}.");
    }

    private async Task<int> AnalyseBucketAsync(CliContext context, CancellationToken cancellationToken)
    {
        S3Location location = S3Location.Parse(context.Value(_dataset)!).Value;
        string? wrong =
            location.Bucket is null ? $"The address has no bucket; use {S3Location.Form}."
            : context.Value(_follow) || context.Value(_noWait) || context.Value(_output) is not null
                ? "A bucket is analysed on this machine and its results are only printed: "
                    + "--follow, --no-wait and --output need a dataset on a Hutch server."
            : null;
        if (wrong is not null)
        {
            throw ErrorCode.BadRequest.With(wrong).ToException();
        }

        AnalysisSettings settings = new AnalysisSettings(
            context.Value(_algorithm) ?? AnalysisSettings.Dispersion, context.Value(_dMin), context.Value(_dMax), Follow: false)
            .Validated().Value;
        using S3Client client = BucketConnection.Open(context, location, "`hutch analyse DATASET`");
        var analysis = new BucketAnalysis(client, settings);
        long started = context.Host.Time.GetTimestamp();
        IReadOnlyList<S3Item> frames = await analysis.ListFramesAsync(cancellationToken);
        PrintHead(context);
        context.Progress.Start("Analysing", frames.Count, null);
        long failures = 0;
        await analysis.RunAsync(
            frames,
            row =>
            {
                Interlocked.Add(ref failures, row.Error is null ? 0 : 1);
                context.Progress.Above(() => PrintRow(context, row));
                context.Progress.Add(1, 0);
            },
            cancellationToken);
        context.Progress.Dispose();
        return PrintEnd(context, started, frames.Count, failures, "The results are printed only, not stored.");
    }

    private static void PrintHead(CliContext context)
    {
        if (!context.Json)
        {
            context.Host.Out.WriteLine($"{"frame",8}  {"spots",6}  {"no ice",6}  {"d_min/Å",8}  {"total intensity",16}");
        }
    }

    private static int PrintEnd(CliContext context, long started, int frames, long failures, string where)
    {
        double seconds = Math.Max(context.Host.Time.GetElapsedTime(started).TotalSeconds, 0.001);
        string rate = (frames / seconds).ToString("0.0", CultureInfo.InvariantCulture);
        context.Note(
            $"{Human.Count(frames, "frame", "frames")} in {seconds.ToString("0.0", CultureInfo.InvariantCulture)} s: {rate} frames/s"
            + $"{(failures > 0 ? $"; {failures} failed" : "")}. {where}");
        return failures > 0 ? ExitCode.VerificationFailed : ExitCode.Ok;
    }

    private static void PrintRow(CliContext context, ResultRow row)
    {
        if (context.Json)
        {
            context.PrintJson(row, HutchJson.Default.ResultRow);
            return;
        }

        string text = row.Error is { } error
            ? $"{row.FileNumber,8}  {error}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{row.FileNumber,8}  {row.SpotsTotal,6}  {row.SpotsNoIce,6}  {Resolution(row.EstimatedDMin),8}  "
                + $"{row.TotalIntensity,16:0}");
        context.Host.Out.WriteLine(text);
    }

    private static string Resolution(double? value) => value is > 0 and { } d ? d.ToString("0.00", CultureInfo.InvariantCulture) : "-";
}
