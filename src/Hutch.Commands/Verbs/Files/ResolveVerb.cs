using Hutch.Client.Pull;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

/// <summary><c>hutch resolve</c>: decides what changed on both sides.</summary>
internal sealed class ResolveVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "resolve",
        "Decide paths that changed here and on the server since the last pull. Until then, nothing can be pushed.",
        "hutch resolve notes.txt --mine",
        "hutch resolve run1/ --theirs")
{
    private readonly Argument<string[]> _paths = verb.Argument<string[]>(
        "path", "The paths in conflict, or folders above them; `.` for all.", ArgumentArity.OneOrMore);
    private readonly Option<bool> _mine = verb.Option<bool>(
        "--mine", "Keep the local file as it is now: your version, or your merge.");
    private readonly Option<bool> _theirs = verb.Option<bool>("--theirs", "Replace the local file with the server's version.");

    internal static string Describe(PullConflict conflict) => conflict.Theirs switch
    {
        null => $"{Display.Name(conflict.Path)} changed here but was removed on the server: yours is kept.",
        { } theirs when theirs == conflict.Path =>
            $"{Display.Name(conflict.Path)} was removed here but changed on the server: the server's is back.",
        { } theirs => $"{Display.Name(conflict.Path)} changed on both sides: yours is kept, the server's is {Display.Name(theirs)}.",
    };

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        bool mine = context.Value(_mine);
        if (mine == context.Value(_theirs))
        {
            throw ErrorCode.BadRequest.With("Say which version to keep: either --mine or --theirs.").ToException();
        }

        Workspace workspace = context.RequireWorkspace();
        string[] paths = [.. (context.Value(_paths) ?? []).Select(context.FullPath)];
        IReadOnlyList<string> decided = await new ResolveEngine(context.Server, workspace, context.Progress).RunAsync(
            paths, mine, cancellationToken);
        context.Progress.Dispose();
        int left = workspace.Conflicts.Select(c => c.Path).Distinct().Count();
        context.Print(
            new ResolveLine(decided, left),
            CliJson.Default.ResolveLine,
            $"{Human.Count(decided.Count, "path")} decided; "
            + (left > 0 ? $"{Human.Count(left, "path waits", "paths wait")}."
                : mine ? "`hutch push` uploads the result."
                : "`hutch push` uploads your other changes, if there are any."));
        return ExitCode.Ok;
    }
}

/// <summary>The output of <c>hutch resolve --json</c>.</summary>
/// <param name="Left">The number of paths that still wait.</param>
internal sealed record ResolveLine(IReadOnlyList<string> Decided, int Left);
