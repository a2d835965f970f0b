using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch rerun</c>: computes the results of a run again, and compares them.</summary>
internal sealed class RerunVerb(VerbDeclaration verb)
    : Verb(
        verb, "rerun",
        "Run the recorded program again on the same versions, compare the results file by file, and let the site sign the outcome.",
        "hutch rerun 0196f0c27a1b7d3e8f00a1b2c3d4e5f6", "hutch rerun 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 --output volume-again",
        "hutch rerun 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 --restore")
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");
    private readonly Option<string?> _output = verb.Option<string?>("--output NAME", "The name of the new results.");
    private readonly Option<bool> _restore = verb.Option<bool>(
        "--restore", "Bring back the evicted bytes of the results, if every file is equal.");
    private readonly Option<bool> _detach = verb.Option<bool>(
        "--no-wait", "Do not wait for the outcome; `hutch info` shows it.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        RunInfo rerun = await context.Server.RerunAsync(
            context.Value(_run)!, new StartRerun { Output = context.Value(_output), Restore = context.Value(_restore) }, cancellationToken);
        DatasetInfo results = await context.Server.GetDatasetAsync(rerun.Outputs[0], cancellationToken);
        if (context.Value(_detach))
        {
            context.Print(
                rerun, HutchJson.Default.RunInfo, $"Run {rerun.Id} waits; its results will be {results.Name}, with the statement.");
            return ExitCode.Ok;
        }

        await new ProgramWatch(context, rerun.Id).RunAsync(cancellationToken);
        StatementInfo found = await WaitAsync(context, rerun, cancellationToken);
        await DeliverAsync(context, found, cancellationToken);
        context.Print(found, HutchJson.Default.StatementInfo, found.Summary);
        foreach (ComparedFileInfo file in context.Json ? [] : found.Unequal)
        {
            string kind = file.Kind switch
            {
                "within" => "within the tolerance",
                "by-nature" => "differs by nature",
                _ => "differs",
            };
            context.Host.Out.WriteLine($"  {Display.Name(file.Path)}: {kind}, {Display.Name(file.How)}");
        }

        bool isThere = !context.Value(_restore) || await CheckRestoredAsync(context, found, cancellationToken);
        return found.Reproduced && isThere ? ExitCode.Ok : ExitCode.Failure;
    }

    /// <summary>Says whether the bytes are back. Nothing is served of results that differ.</summary>
    private static async Task<bool> CheckRestoredAsync(CliContext context, StatementInfo found, CancellationToken ct)
    {
        DatasetInfo? restored = found.Dataset is { } id ? await context.Server.GetDatasetAsync(id, ct) : null;
        bool isThere = restored is { ReproducibleBy: null };
        context.WriteNote(isThere
            ? $"The bytes of {restored!.Name} are back: every file was compared."
            : $"The bytes of {restored?.Name ?? "the results"} are still evicted.");
        return isThere;
    }

    private static async Task<StatementInfo> WaitAsync(CliContext context, RunInfo rerun, CancellationToken ct)
    {
        using var tick = new PeriodicTimer(Interval, context.Host.Time);
        while (true)
        {
            StatementInfo? found = await context.Server.ListStatementsAsync(rerun.Outputs[0], ct)
                .FirstOrDefaultAsync(one => one.Rerun == rerun.Id, ct);
            if (found is not null)
            {
                return found;
            }

            await tick.WaitForNextTickAsync(ct);
        }
    }

    /// <summary>Adds the statement to the dataset that was repeated. If its home is another site, this site cannot.</summary>
    private static async Task DeliverAsync(CliContext context, StatementInfo found, CancellationToken ct)
    {
        if (found is not { Dataset: { } repeated, Document: { } document, Proof: { } proof })
        {
            return;
        }

        try
        {
            await context.Server.AddStatementAsync(repeated, new AddStatement { Document = document, Proof = proof }, ct);
        }
        catch (HutchException e)
        {
            context.WriteNote($"The dataset that was repeated does not show the statement: {e.Error.Message} The new results do.");
        }
    }
}
