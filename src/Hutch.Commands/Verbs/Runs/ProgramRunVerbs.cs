using Hutch.Commands.Hosting;
using Hutch.Node.Attempts;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch runs log</c>: the output of the command of a run.</summary>
internal sealed class RunLogVerb(VerbDeclaration verb)
    : Verb(
        verb, "log", "Print what the command of a run printed: the last lines while it runs, then the log among its results.",
        "hutch runs log 0196f0c27a1b7d3e8f00a1b2c3d4e5f6")
{
    private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string id = context.Value(_run)!;
        RunInfo run = await context.Server.GetRunAsync(id, cancellationToken);
        byte[] log = run.State is "queued" or "running" && run.Attempt is not null
            ? await context.Server.GetRunLogAsync(id, cancellationToken)
            : await ReadResultAsync(context, run, cancellationToken);
        foreach (string line in Encoding.UTF8.GetString(log).TrimEnd('\n').Split('\n'))
        {
            context.Host.Out.WriteLine(Display.Name(line.TrimEnd('\r')));
        }

        return ExitCode.Ok;
    }

    internal static async Task<byte[]> ReadResultAsync(CliContext context, RunInfo run, CancellationToken ct)
    {
        if (run.Outputs is not [var results])
        {
            throw ErrorCode.NotFound.With($"The run {run.Id} has no results that you can see, and so no log.").ToException();
        }

        using HttpResponseMessage response = await context.Server.OpenEntryAsync(results, null, CommandFolder.LogName, 0, ct);
        return await response.Content.ReadAsByteArrayAsync(ct);
    }
}

/// <summary><c>hutch runs retry</c>: a failed or cancelled run of a program waits again.</summary>
internal sealed class RetryRunVerb(VerbDeclaration verb)
    : Verb(
        verb, "retry",
        "Try a failed or cancelled run of a program again, with the same input, parameters and document, into the same dataset.",
        "hutch runs retry 0196f0c27a1b7d3e8f00a1b2c3d4e5f6")
{
    private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        RunInfo run = await context.Server.RetryRunAsync(context.Value(_run)!, cancellationToken);
        context.Print(run, HutchJson.Default.RunInfo, $"Run {run.Id} waits for attempt {(run.Attempt?.Number ?? 0) + 1}.");
        return ExitCode.Ok;
    }
}
