using Hutch.Cli.Hosting;

namespace Hutch.Cli.Verbs.Runs;

/// <summary><c>hutch runs watch</c>: a run while it goes, a line each second.</summary>
internal sealed class WatchRunVerb : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Argument<string> _run = new("run") { Description = "The id of the run, from `hutch runs list`." };

    internal WatchRunVerb(CliHost host)
        : base(
            host,
            "watch",
            "Watch a run until it ends: each second, how many frames have a result, how many more that were a second, how many wait, how "
            + "many were skipped, how old the oldest frame without a result is (lag), and the time from the last byte of a frame received "
            + "to its result published: the median, and what 99 % do not exceed. Lag and times need frames that `hutch capture` stored.",
            "hutch runs watch 0196f0c27a1b7d3e8f00a1b2c3d4e5f6") => Add(_run);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string id = context.Value(_run)!;
        if (!context.Json)
        {
            context.Host.Out.WriteLine(
                $"{"RESULTS",9}{"FAILED",8}{"PER S",8}{"WAITING",9}{"IN WORK",9}{"SKIPPED",9}"
                + $"{"LAG MS",10}{"50 % MS",10}{"99 % MS",10}");
        }

        long before = 0;
        long since = context.Host.Time.GetTimestamp();
        using var tick = new PeriodicTimer(Interval, context.Host.Time);
        while (true)
        {
            RunInfo run = await context.Server.GetRunAsync(id, cancellationToken);
            double seconds = Math.Max(context.Host.Time.GetElapsedTime(since).TotalSeconds, 0.001);
            context.Print(run, HutchJson.Default.RunInfo, Line(run, (run.Frames - before) / seconds));
            (before, since) = (run.Frames, context.Host.Time.GetTimestamp());
            if (run.State != "running")
            {
                return run.State == "done"
                    ? run.Failures > 0 ? ExitCode.VerificationFailed : ExitCode.Ok
                    : throw ErrorCode.Unprocessable.With($"The run {run.State}: {run.Message}").ToException();
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static string Line(RunInfo run, double rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Frames,9}{run.Failures,8}{rate,8:0}{Text(run.Live?.Waiting),9}{Text(run.Live?.InWork),9}{run.Skipped?.Frames ?? 0,9}"
        + $"{Text(run.Live?.LagMilliseconds),10}{Text(run.Live?.MillisecondsMedian),10}{Text(run.Live?.Milliseconds99),10}");

    private static string Text(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Text(double? milliseconds) => milliseconds?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
}
