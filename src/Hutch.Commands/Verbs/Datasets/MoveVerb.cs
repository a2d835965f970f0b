using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

/// <summary><c>hutch move</c>: moves or renames files and folders of a dataset at the server.</summary>
internal sealed class MoveVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "move",
        "Move or rename files and folders within a dataset, all in one change. No byte is copied, and nothing is replaced.",
        "hutch move lysozyme notes.txt docs/notes.txt",
        "hutch move lysozyme run1/ run2/ old/")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
    private readonly Argument<string[]> _paths = verb.Argument<string[]>(
        "path",
        "The files and folders, and last the new path, or a folder for them, which ends in a slash.",
        new ArgumentArity(1, 10_000));
    private readonly Option<string?> _message = verb.Option<string?>("--message -m TEXT", "The message of the new snapshot.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string[] paths = context.Value(_paths)!;
        if (paths.Length == 1)
        {
            throw (ErrorCode.BadRequest with
            {
                Advice = "Files come into another dataset by `hutch stage DATASET FOLDER --include PATH`, and `hutch push` from a clone "
                    + "of it.",
            }).With("`hutch move` moves files within a dataset, and needs two paths: `hutch move DATASET PATH NEW-PATH`.").ToException();
        }

        (string[] from, string to) = (paths[..^1], paths[^1]);
        bool isInto = to.EndsWith('/');
        if (from.Length > 1 && !isInto)
        {
            throw ErrorCode.BadRequest.With(
                $"Several files and folders go into a folder: write {Display.Quote(to + "/")} with a slash at its end.").ToException();
        }

        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        SnapshotInfo made = await context.Server.MoveAsync(
            dataset.Id,
            new MoveFiles
            {
                Moves = [.. from.Select(path => new FileMove { From = path, To = isInto ? to.TrimStart('/') + NameOf(path) : to })],
                Message = context.Value(_message),
            },
            cancellationToken);
        context.Print(
            made, HutchJson.Default.SnapshotInfo,
            $"{made.Message}: {dataset.Name} is now @{made.Number}. `hutch pull` brings it to a working directory.");
        return ExitCode.Ok;
    }

    private static string NameOf(string path)
    {
        string whole = path.TrimEnd('/');
        return whole[(whole.LastIndexOf('/') + 1)..];
    }
}
