using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Records;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch runs parts</c>: the parts of a run, each a folder of its results.</summary>
internal sealed class ListPartsVerb(VerbDeclaration verb)
    : Verb(
        verb, "parts", "List the parts of a run: folders of its results, each by a command of its own.",
        "hutch runs parts 0196f0c27a1b7d3e8f00a1b2c3d4e5f6 --state failed")
{
    private readonly Argument<string> _run = verb.Argument<string>("run", "The id of the run, from `hutch runs list`.");
    private readonly Option<string?> _state = verb.Option<string?>(
        "--state STATE", "Only parts in this state: running, done or failed.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var table = new TextTable("PART", "STATE", "ATTEMPT", "FILES", "BYTES", "STARTED", "MESSAGE");
        await context.AddAsync(
            table,
            context.Server.ListPartsAsync(context.Value(_run)!, context.Value(_state), cancellationToken),
            HutchJson.Default.PartInfo,
            part =>
            [
                part.Part, part.State.ToName(), part.Attempt.ToString(CultureInfo.InvariantCulture),
                Human.Count(part.Files), Display.Bytes(part.Bytes), Human.Time(part.Started), part.Message ?? "",
            ]);
        context.Write(table, "No parts.");
        return ExitCode.Ok;
    }
}
