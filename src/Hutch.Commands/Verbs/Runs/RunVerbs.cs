using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Analyses;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch runs list | show | watch | stop</c>: programs that read or wrote datasets.</summary>
internal static class RunVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "runs", "List, show, watch, stop, retry and resubmit runs: programs, such as an analysis, that read or wrote datasets.",
        new ListRunsVerb(host), new ShowRunVerb(host), new ListPartsVerb(host), new WatchRunVerb(host), new RunLogVerb(host),
        new StopRunVerb(host), new RetryRunVerb(host), new ResubmitVerb(host));

    /// <summary>Returns true for a run that no node has begun: its time is that of the request.</summary>
    private static bool IsWaiting(RunInfo run) => run.State == "queued";

    private sealed class ListRunsVerb(VerbDeclaration verb)
        : Verb(
            verb, "list", "List runs, newest first.", "hutch runs list", "hutch runs list lysozyme -n 5",
            "hutch runs list --owner visit-42")
    {
        private readonly Argument<string?> _dataset = verb.Argument<string?>(
            "dataset", "Only runs that read or wrote this dataset (default: all visible runs).", ArgumentArity.ZeroOrOne);
        private readonly Option<string?> _owner = verb.Option<string?>(
            "--owner NAME", "Only runs that read or wrote a dataset of this user or group.");
        private readonly Option<int?> _limit = verb.Option<int?>("--limit -n N", "Show at most N runs (default: 50).");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo? dataset = context.Value(_dataset) is { } name ? await context.ResolveWholeAsync(name, cancellationToken) : null;
            int limit = context.Value(_limit) ?? 50;
            var table = new TextTable("RUN", "PROGRAM", "STATE", "STARTED", "FRAMES", "SKIPPED", "USER");
            await context.AddAsync(
                table,
                context.Server.ListRunsAsync(dataset?.Id, context.Value(_owner), cancellationToken).Take(limit),
                HutchJson.Default.RunInfo,
                run =>
                [
                    run.Id, run.Program, run.Site is { } site ? $"at {Display.Name(site)}" : run.State,
                    IsWaiting(run) ? "" : Human.Time(run.Started),
                    run.Command is null ? Human.Count(run.Frames) : "",
                    run.Command is null ? Human.Count(run.Skipped?.Frames ?? 0) : "", run.User ?? "",
                ]);

            context.Write(table, dataset is not null ? $"No run read or wrote {dataset.Name}."
                : context.Value(_owner) is { } owner ? $"No visible run read or wrote a dataset of {owner}."
                : "No runs.");
            return ExitCode.Ok;
        }
    }

    private sealed class ShowRunVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "show",
            "Show a run: its inputs, outputs and state.",
            "hutch runs show 0196f0c27a1b7d3e8f00a1b2c3d4e5f6")
    {
        private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            RunInfo run = await context.Server.GetRunAsync(context.Value(_run)!, cancellationToken);
            if (context.Json)
            {
                context.PrintJson(run, HutchJson.Default.RunInfo);
                return ExitCode.Ok;
            }

            TextWriter output = context.Host.Out;
            Write("run", run.Id);
            Write("program", run.Version is null or "unknown" ? run.Program : $"{run.Program} {run.Version}");
            Write("command", run.Command);
            Write("site", run.Site);
            Write("state", run.State + (string.IsNullOrEmpty(run.Message) ? "" : ": " + run.Message));
            if (run.Attempt is { } attempt)
            {
                Write("attempt", string.Join(
                    ", ", new[] { attempt.Number.ToString(CultureInfo.InvariantCulture), attempt.Engine, attempt.Node, attempt.Reason }
                        .OfType<string>())
                    + (attempt.NotBefore is { } time ? $"; the next one starts at {Human.Time(time)} or later" : ""));
                Write("core hours", attempt.CoreSeconds is > 0 and { } used
                    ? string.Create(CultureInfo.InvariantCulture, $"{used / 3600:0.####}") : null);
                Write("document", attempt.Digest);
            }

            Write("parts", run.Parts is { } parts ? Parts(parts) : null);
            Write("waits", await OpenInput.FindWaitAsync(context, run, cancellationToken));
            Write("frames", run.Command is null ? $"{Human.Count(run.Frames)}, {Human.Count(run.Failures)} failed" : null);
            Write("skipped", run.Skipped is { } skipped ? Skipped(skipped) : null);
            Write("sent", run.Live?.Callback is { } callback ? Sent(callback) : null);
            Write(IsWaiting(run) ? "requested" : "started", Human.Time(run.Started));
            Write("finished", run.Finished is { } end ? Human.Time(end) : null);
            Write("user", run.User);
            foreach (RunInput input in run.Inputs)
            {
                string name = await NameAsync(context, input.Dataset, cancellationToken);
                Write("read", $"{name}{(input.Snapshot is { } at ? $"@{at}" : "")}");
            }

            foreach (DatasetId written in run.Outputs)
            {
                Write("wrote", await NameAsync(context, written, cancellationToken));
            }

            Write("parameters", run.Parameters?.GetRawText());
            bool isJob = run.Command is not null;
            foreach ((string variable, string value) in isJob && run.Environment is { } all ? all : new Dictionary<string, string>())
            {
                Write("with", $"{variable}={value}");
            }

            return ExitCode.Ok;

            static string Parts(PartCountsInfo parts) =>
                $"{Human.Count(parts.Done)}{(parts.Expected is { } all ? $" of {Human.Count(all)}" : "")} done, "
                + $"{Human.Count(parts.Failed)} failed, {Human.Count(parts.Running)} in progress";

            static string Sent(RunCallbackInfo callback) => Human.Count(callback.Rows, "row")
                + (callback.Trouble is { } trouble ? $"; the others wait for the receiver: {trouble}" : "");

            static string Skipped(SkippedFrames skipped)
            {
                long named = skipped.Ranges.Sum(range => (long)range.Last - range.First + 1);
                IEnumerable<string> ranges = skipped.Ranges.Select(
                    range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}");
                return $"{Human.Count(skipped.Frames)}: {string.Join(", ", ranges)}"
                    + (named < skipped.Frames ? $" and {Human.Count(skipped.Frames - named)} more" : "");
            }

            void Write(string label, string? value)
            {
                if (value is not null)
                {
                    output.WriteLine($"{label,-10} {Display.Name(value)}");
                }
            }
        }
    }

    // A deleted dataset, or one that the caller must not see, is shown by its id.
    private static async Task<string> NameAsync(CliContext context, DatasetId dataset, CancellationToken cancellationToken)
    {
        try
        {
            return (await context.Server.GetDatasetAsync(dataset, cancellationToken)).Name;
        }
        catch (HutchException)
        {
            return dataset.ToString();
        }
    }

    private sealed class StopRunVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "stop",
            "Stop a run that you started, or that reads or writes a dataset you manage. The results so far stay.",
            "hutch runs stop 0196f0c27a1b7d3e8f00a1b2c3d4e5f6")
    {
        private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string id = context.Value(_run)!;
            await context.Server.StopRunAsync(id, cancellationToken);
            RunInfo run = await context.Server.GetRunAsync(id, cancellationToken);
            context.Print(
                run, HutchJson.Default.RunInfo, $"Run {run.Id} is stopped. Results of {Human.Count(run.Frames, "frame")} stay.");
            return ExitCode.Ok;
        }
    }
}
