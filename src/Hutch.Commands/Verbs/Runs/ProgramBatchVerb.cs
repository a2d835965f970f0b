using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch program batch</c>: starts a program on each dataset that a search finds.</summary>
internal sealed class ProgramBatchVerb(VerbDeclaration verb)
    : Verb(
        verb, "batch", "Start a program on each dataset that a search finds. Where you can read the same result, nothing is started.",
        "hutch program batch integrate type:mx owner:visit-42 --dry-run",
        "hutch program batch integrate type:mx owner:visit-42 --parameter dMin=2.5 --most 500")
{
    private const int UsualMost = 100;

    private readonly Argument<string> _program = verb.Argument<string>(
        "program", "The name of the program, from `hutch program list`.");
    private readonly Argument<string[]> _words = verb.Argument<string[]>(
        "word", "The search, as in `hutch search`.", ArgumentArity.OneOrMore);
    private readonly Option<string[]> _parameters = verb.Option<string[]>(
        "--parameter NAME=VALUE", "Set a parameter of the program; give it again for more.");
    private readonly Option<int?> _most = verb.Option<int?>(
        "--most N", $"Refuse a search that finds more than N datasets (default: {UsualMost}).");
    private readonly Option<bool> _again = verb.Option<bool>("--again", "Compute results again that you can read.");
    private readonly Option<bool> _dryRun = verb.Option<bool>("--dry-run", "Only list the datasets.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var parameters = new ParameterTexts();
        parameters.Add(context.Value(_parameters) ?? []);
        IReadOnlyList<DatasetInfo> found = await FindAsync(context, cancellationToken);
        if (context.Value(_dryRun))
        {
            foreach (DatasetInfo dataset in found)
            {
                context.Print(dataset, HutchJson.Default.DatasetInfo, dataset.Name);
            }

            return ExitCode.Ok;
        }

        int refused = 0;
        foreach (DatasetInfo dataset in found)
        {
            try
            {
                RunInfo run = await context.Server.StartProgramAsync(
                    context.Value(_program)!,
                    new StartProgram
                    {
                        Input = dataset.Id,
                        Parameters = parameters.Values,
                        IfSame = context.Value(_again) ? "start" : "reuse",
                    },
                    cancellationToken);
                context.Print(
                    run, HutchJson.Default.RunInfo, run.Same is { } same
                        ? $"{dataset.Name}: {same.Name}@{same.Snapshot} is the same result"
                        : $"{dataset.Name}: run {run.Id}");
            }
            catch (HutchException e) when (e.Error.Code.Status is < 500 and not (401 or 429))
            {
                // This one does not fit, which says nothing about the others.
                refused++;
                context.WriteNote($"{dataset.Name}: {e.Error.Message}");
            }
        }

        context.WriteNote($"{Human.Count(found.Count - refused, "dataset")} of {found.Count} have a run.");
        return refused == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    // All are known before the first starts: its results could match the search, too.
    private async Task<IReadOnlyList<DatasetInfo>> FindAsync(CliContext context, CancellationToken ct)
    {
        int most = context.Value(_most) ?? UsualMost;
        string query = string.Join(' ', context.Value(_words) ?? []);
        var found = new List<DatasetInfo>();
        await foreach (DatasetInfo dataset in context.Server.SearchAsync(query, null, context.WriteNote, ct: ct).Take(most + 1))
        {
            found.Add(dataset);
        }

        return found.Count == 0 ? throw ErrorCode.NotFound.With($"The search {Display.Quote(query)} finds no dataset.").ToException()
            : found.Count <= most ? found
            : throw (ErrorCode.Unprocessable with { Advice = "Search for less, or say `--most N`." }).With(
                $"The search {Display.Quote(query)} finds more than {Human.Count(most, "dataset")}.").ToException();
    }
}
