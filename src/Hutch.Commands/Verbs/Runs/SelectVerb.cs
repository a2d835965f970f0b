using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch select</c>: a dataset of the frames whose rows in a run match a condition.</summary>
internal sealed class SelectVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "select",
        "Make a dataset of the frames whose rows in a run match a condition, by reference, with their header, mask and rows.",
        "hutch select lysozyme 'spots >= 20' --as hits",
        "hutch select lysozyme 'n_spots_total >= 15 and estimated_d_min < 2.5' --as hits",
        "hutch select 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 'frame > 100 and not (word = \"dark\")' --as later")
{
    /// <summary>The program of the runs that this verb makes, which have no rows of their own.</summary>
    private const string Selections = "hutch/select";

    private const string OfServer = "hutch/";

    private readonly Argument<string> _run = verb.Argument<string>(
        "dataset", "The dataset, for its newest run that is done; or the id of a run, from `hutch runs list`.");
    private readonly Argument<string> _where = verb.Argument<string>(
        "condition", "Comparisons of columns with numbers, texts in quotes, true or false; with and, or, not and parentheses.");
    private readonly Option<string> _name = verb.Required<string>("--as NAME", "The name of the new dataset.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var wanted = new SelectFrames { Where = context.Value(_where)!, Name = context.Value(_name)! };
        string run = await FindRunAsync(context, context.Value(_run)!, cancellationToken);
        SelectionInfo made = await context.Server.SelectFramesAsync(run, wanted, cancellationToken);
        context.Print(
            made, HutchJson.Default.SelectionInfo,
            $"{Human.Count(made.Frames, "frame")} of {Human.Count(made.Rows, "row")} are in {made.Name}"
            + (made.Closed ? ", which is closed." : ", which is open: close it when its source is closed."));
        return ExitCode.Ok;
    }

    /// <summary>Returns true for a run with a row for each frame: of a step of the server, or of a foreign one.</summary>
    private static bool IsAnalysis(RunInfo run) =>
        run.Step is not null || (run.Program.StartsWith(OfServer, StringComparison.Ordinal) && run.Program != Selections);

    /// <summary>Returns the run: the named one, or the newest analysis of a dataset that is done.</summary>
    private static async Task<string> FindRunAsync(CliContext context, string text, CancellationToken ct)
    {
        if (Guid.TryParseExact(text, "N", out _))
        {
            return text;
        }

        DatasetInfo dataset = await context.Server.ResolveAsync(text, ct);
        await foreach (RunInfo run in context.Server.ListRunsAsync(dataset.Id, ct: ct))
        {
            if (run.State == "done" && IsAnalysis(run) && run.Inputs.Any(input => input.Dataset == dataset.Id))
            {
                context.WriteNote($"The run is {run.Id} of {run.Program}.");
                return run.Id;
            }
        }

        throw (ErrorCode.NotFound with { Advice = "`hutch analyse` starts one." }).With(
            $"{dataset.Name} has no analysis that is done.").ToException();
    }
}
