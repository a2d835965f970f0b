using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch runs watch</c>: a run while it goes, a line each second.</summary>
internal sealed class WatchRunVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "watch",
        "Watch a run until it ends, with a line each second: frames with a result, the rate, waiting and skipped frames. Lag is the "
        + "age of the oldest frame without a result. Latency is the time from a frame's last byte to its published result: median and "
        + "99th percentile. Both need frames that `hutch capture` stored. For a run of a program: its state, and the new lines of its "
        + "log.",
        "hutch runs watch 0196f0c27a1b7d3e8f00a1b2c3d4e5f6")
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string id = context.Value(_run)!;
        if ((await context.Server.GetRunAsync(id, cancellationToken)).Attempt is not null)
        {
            return await new ProgramWatch(context, id).RunAsync(cancellationToken);
        }

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
