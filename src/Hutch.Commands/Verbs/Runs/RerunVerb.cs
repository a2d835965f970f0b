using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch rerun</c>: computes the results of a run again, and compares them.</summary>
internal sealed class RerunVerb : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Argument<string> _run = new("run") { Description = "The id of the run, from `hutch runs list`." };
    private readonly Option<string?> _output = new("--output") { Description = "The name of the new results.", HelpName = "NAME" };

    private readonly Option<bool> _detach = new("--no-wait")
    {
        Description = "Do not wait for the outcome; `hutch info` shows it.",
    };

    internal RerunVerb(CliHost host)
        : base(
            host, "rerun",
            "Run the recorded program again on the same versions, compare the results file by file, and let the site sign the outcome.",
            "hutch rerun 0196f0c27a1b7d3e8f00a1b2c3d4e5f6", "hutch rerun 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 --output volume-again")
    {
        Add(_run);
        Add(_output);
        Add(_detach);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        RunInfo rerun = await context.Server.RerunAsync(
            context.Value(_run)!, new StartRerun { Output = context.Value(_output) }, cancellationToken);
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

        return found.Reproduced ? ExitCode.Ok : ExitCode.Failure;
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
