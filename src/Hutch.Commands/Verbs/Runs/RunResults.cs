using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Analyses;
using Hutch.Objects.Http;

namespace Hutch.Commands.Verbs.Runs;

/// <summary>The results of a run as they come, and its end, for all commands that start one.</summary>
internal static class RunResults
{
    private const int MaxReconnects = 5;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    /// <summary>Starts a run on a dataset, or finds an existing one, and waits for its end if requested.</summary>
    internal static async Task<int> StartAsync(
        CliContext context, string name, StartAnalysis wanted, bool wait, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(name, cancellationToken);
        AnalysisInfo analysis = await context.Server.StartAnalysisAsync(dataset.Id, wanted, cancellationToken);
        if (analysis.Existing == true)
        {
            context.WriteNote($"There is a run of the same analysis, {analysis.Run}: `--again` starts a new one.");
        }

        if (wait)
        {
            return await FollowAsync(context, analysis, cancellationToken);
        }

        context.Print(
            analysis, HutchJson.Default.AnalysisInfo, $"Run {analysis.Run} writes to {analysis.Name ?? analysis.Dataset.ToString()}.");
        return ExitCode.Ok;
    }

    private static async Task<int> FollowAsync(CliContext context, AnalysisInfo analysis, CancellationToken cancellationToken)
    {
        context.AfterInterrupt = $"The server continues run {analysis.Run}: the same command shows its results, "
            + $"`hutch runs stop {analysis.Run}` ends it.";
        ResultTable table = Begin(context, analysis.Columns);
        long started = context.Host.Time.GetTimestamp();
        context.Progress.Start("Analysing", analysis.Frames, null, "frame", "frames");
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
                context.Progress.Report($"The connection broke ({e.Message.TrimEnd('.')}); reconnecting.");
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
            $"The results are in {analysis.Name ?? analysis.Dataset.ToString()}."
                + (end.Message is { } message ? " " + message : ""));
    }

    internal static ResultTable Begin(CliContext context, IReadOnlyList<ResultColumn> columns)
    {
        var table = new ResultTable(columns);
        if (!context.Json)
        {
            context.Host.Out.WriteLine(table.Head);
        }

        return table;
    }

    /// <param name="started">When the analysis began; null when it did so before this command.</param>
    internal static int PrintEnd(CliContext context, long? started, int frames, long failures, string where)
    {
        string rate = "";
        if (started is long start)
        {
            double seconds = Math.Max(context.Host.Time.GetElapsedTime(start).TotalSeconds, 0.001);
            rate = string.Create(CultureInfo.InvariantCulture, $" in {seconds:0.0} s: {frames / seconds:0.0} frames/s");
        }

        context.WriteNote($"{Human.Count(frames, "frame")}{rate}{(failures > 0 ? $"; {failures} failed" : "")}. {where}");
        return failures > 0 ? ExitCode.VerificationFailed : ExitCode.Ok;
    }

    internal static void PrintRow(CliContext context, ResultTable table, ResultRow row) =>
        context.Print(row, HutchJson.Default.ResultRow, table.Line(row));
}
