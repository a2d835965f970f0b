using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

/// <summary><c>hutch revert</c>: restores a dataset, or some paths of it, to the state of a snapshot.</summary>
internal sealed class RevertVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "revert",
        "Make a dataset, or some paths, as they were in a snapshot. This is a new snapshot on the server; all older ones stay.",
        "hutch revert @3 && hutch pull",
        "hutch revert @3 run1/ notes.txt",
        "hutch revert lysozyme@3 -m \"The state of the paper\"")
{
    private readonly Argument<string> _version = verb.Argument<string>(
        "version", "The snapshot, as DATASET@N, or as @N for the dataset of the working directory.");
    private readonly Argument<string[]> _paths = verb.Argument<string[]>(
        "path", "The files and folders (default: all). With @N, relative to the current folder.", ArgumentArity.ZeroOrMore);
    private readonly Option<string?> _message = verb.Option<string?>("--message -m TEXT", "The message of the new snapshot.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string version = context.Value(_version)!;
        (DatasetInfo dataset, string? at) = await context.ResolveAsync(version, cancellationToken);
        if (at is null)
        {
            throw ErrorCode.InvalidName.With(
                $"{Display.Quote(version)} names no snapshot; write {version}@N, with N from `hutch log {version}`.").ToException();
        }

        bool isHere = CliContext.IsLocalVersion(version);
        string[] paths = [.. (context.Value(_paths) ?? []).Select(path => isHere ? LocalPath(context, path) : path.TrimEnd('/'))];
        SnapshotInfo made = await context.Server.RevertAsync(
            dataset.Id,
            new RevertDataset { At = at, Paths = paths.Contains("") ? [] : paths, Message = context.Value(_message) },
            cancellationToken);
        string what = paths.Length == 0 || paths.Contains("") ? dataset.Name : $"{string.Join(", ", paths)} of {dataset.Name}";
        context.Print(
            made, HutchJson.Default.SnapshotInfo,
            $"Reverted {what} to @{at}: it is now @{made.Number}. `hutch pull` brings it to a working directory.");
        return ExitCode.Ok;
    }

    private static string LocalPath(CliContext context, string path)
    {
        Workspace workspace = context.RequireWorkspace();
        return PathSelection.Relative(workspace, context.FullPath(path));
    }
}
