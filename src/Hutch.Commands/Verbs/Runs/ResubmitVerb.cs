using Hutch.Commands.Hosting;
using Hutch.Model.Records;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch runs resubmit</c>: starts the program of a run as it is now, with some parameters changed.</summary>
internal sealed class ResubmitVerb(VerbDeclaration verb)
    : Verb(
        verb, "resubmit",
        "Start the program of a run once more, as it is now, on the same version of its input, with some parameters changed.",
        "hutch runs resubmit 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 --parameter axis=513",
        "hutch runs resubmit 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 --newest --watch")
{
    private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");
    private readonly Option<string[]> _parameters = verb.Option<string[]>(
        "--parameter NAME=VALUE", "Change a parameter; give it again for more.");
    private readonly Option<bool> _newest = verb.Option<bool>("--newest", "Read the newest version of the input.");
    private readonly Option<string?> _output = verb.Option<string?>("--output NAME", "The name of the new results.");
    private readonly Option<bool> _watch = verb.Option<bool>("--watch", "Show the log until the run ends.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        RunInfo before = await context.Server.GetRunAsync(context.Value(_run)!, cancellationToken);
        if (before is not { Attempt: not null, Command: not null, Inputs: [var input, ..] })
        {
            throw (ErrorCode.Unprocessable with { Advice = "Repeat its command instead: `hutch runs show` has it." }).With(
                $"The run {before.Id} is none of a program of the server, or its inputs are hidden from you.").ToException();
        }

        RunInfo run = await context.Server.StartProgramAsync(
            before.Program,
            new StartProgram
            {
                Input = input.Dataset,
                At = context.Value(_newest) ? null : input.Snapshot?.ToString(CultureInfo.InvariantCulture),
                Output = context.Value(_output),
                Inputs = before.Inputs.Skip(1).Where(static one => one.Name is not (null or RunTask.Image))
                    .ToDictionary(static one => one.Name!, static one => one.Dataset, StringComparer.Ordinal),
                Parameters = Parameters(context, before),
                IfSame = "refuse",
            },
            cancellationToken);
        DatasetInfo results = await context.Server.GetDatasetAsync(run.Outputs[0], cancellationToken);
        context.Print(run, HutchJson.Default.RunInfo, $"Run {run.Id} waits; its results will be {results.Name}.");
        return context.Value(_watch) ? await new ProgramWatch(context, run.Id).RunAsync(cancellationToken) : ExitCode.Ok;
    }

    private Dictionary<string, JsonElement> Parameters(CliContext context, RunInfo before)
    {
        var changed = new ParameterTexts();
        changed.Add(context.Value(_parameters) ?? []);
        Dictionary<string, JsonElement> all = changed.Values;
        if (before.Parameters is { ValueKind: JsonValueKind.Object } known)
        {
            foreach (JsonProperty one in known.EnumerateObject())
            {
                all.TryAdd(one.Name, one.Value);
            }
        }

        return all;
    }
}
