using Hutch.Client.Transfers;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Client.Workspaces;

/// <summary>Compares a working directory with its base. Asks no server.</summary>
public static class StatusEngine
{
    /// <summary>Compares; files that the index does not know are read.</summary>
    public static async Task<WorkspaceStatus> RunAsync(Workspace workspace, ITransferProgress progress, CancellationToken cancellationToken)
    {
        (LocalTree tree, var changes) = await CompareAsync(workspace, progress, cancellationToken);
        return new WorkspaceStatus
        {
            Base = workspace.Base.Snapshot,
            Added = [.. changes.Where(c => c.Before is null).Select(c => c.Path)],
            Changed = [.. changes.Where(c => c.Before is not null && c.After is not null).Select(c => c.Path)],
            Removed = [.. changes.Where(c => c.After is null).Select(c => c.Path)],
            Unstable = [.. tree.Files.Where(f => f.Unstable).Select(f => f.Item.LocalPath)],
            Placeholders = tree.Files.Count(f => f.Item.Kind == LocalKind.Placeholder),
            Entries = tree.Files.Count,
            Conflicts = workspace.Conflicts,
            Unfinished = workspace.Config.Cloning is not null,
            Ignored = tree.Ignored,
            Warnings = tree.MissingPatterns is { } path ? [.. tree.Warnings, MissingPatterns(path)] : tree.Warnings,
        };
    }

    private static string MissingPatterns(string path) =>
        $"{Display.Quote(path)} is a placeholder: what it ignores is not known. `hutch get {path}` downloads it.";

    /// <summary>The differences, as the server would tell them between two snapshots.</summary>
    public static async Task<IReadOnlyList<DiffLine>> DiffAsync(
        Workspace workspace, ITransferProgress progress, CancellationToken cancellationToken)
    {
        (_, var changes) = await CompareAsync(workspace, progress, cancellationToken);
        return
        [
            .. changes.Select(c => new DiffLine
            {
                Path = c.Path,
                Change = c.Before is null ? "added" : c.After is null ? "removed" : "changed",
                Before = c.Before,
                After = c.After,
            }),
        ];
    }

    private static async Task<(LocalTree Tree, List<(string Path, EntryInfo? Before, EntryInfo? After)> Changes)> CompareAsync(
        Workspace workspace, ITransferProgress progress, CancellationToken cancellationToken)
    {
        LocalTree tree = LocalTree.Scan(workspace, cancellationToken);
        await HashEngine.RunAsync(workspace, tree.Files, progress, cancellationToken);
        workspace.SaveIndex();
        return (tree, tree.Changes());
    }
}
