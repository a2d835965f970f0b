using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class DropVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "drop",
        "Replace files with placeholders to free space. Drops only files that the server has.",
        "hutch drop run1/ run2/0001.cbf")
{
    private readonly Argument<string[]> _paths = verb.Argument<string[]>(
        "path", "The files and folders; `.` for all.", ArgumentArity.OneOrMore);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string[] paths = [.. (context.Value(_paths) ?? []).Select(context.FullPath)];
        DropOutcome outcome = await new DropEngine(context.Server, context.RequireWorkspace(), context.Progress).RunAsync(
            paths, cancellationToken);
        context.Progress.Dispose();
        context.Print(
            outcome, CliJson.Default.DropOutcome,
            outcome is { Dropped: 0, Kept.Count: 0 } ? "Nothing to drop: there are no files here, only placeholders."
            : $"{Human.Count(outcome.Dropped, "file")} dropped, {Display.Bytes(outcome.Bytes)} freed.");
        foreach (string path in outcome.Kept)
        {
            context.WriteNote($"Kept {Display.Name(path)}: the server does not have this version. Push it first.");
        }

        return outcome.Kept.Count > 0 ? ExitCode.Conflict : ExitCode.Ok;
    }
}
