using System.Runtime.CompilerServices;
using Hutch.Client.Transfers;

namespace Hutch.Client.Workspaces;

/// <summary>Compares a working directory with its base. Asks no server.</summary>
public static class StatusEngine
{
    /// <summary>Compares; files that the index does not know are read.</summary>
    public static async Task<WorkspaceStatus> RunAsync(Workspace workspace, ITransferProgress progress, CancellationToken cancellationToken)
    {
        using LocalChanges changes = await CompareAsync(workspace, progress, cancellationToken);
        var added = new List<string>();
        var changed = new List<string>();
        var removed = new List<string>();
        foreach (TrackedFile file in changes.Read())
        {
            (file.Before is null ? added : file.Gone ? removed : changed).Add(file.Item.Path);
        }

        return new WorkspaceStatus
        {
            Base = workspace.Base.Snapshot,
            Added = added,
            Changed = changed,
            Removed = removed,
            Unstable = changes.Unstable,
            Unstorable = changes.Unstorable,
            Placeholders = changes.Placeholders,
            Entries = changes.Entries,
            Conflicts = workspace.Conflicts,
            Unfinished = workspace.Config.Cloning is not null,
            Closed = workspace.Config.Closed == true,
            Ignored = changes.Ignored,
            Warnings = changes.MissingPatterns is { } path ? [.. changes.Warnings, MissingPatterns(path)] : changes.Warnings,
        };
    }

    private static string MissingPatterns(string path) =>
        $"{Display.Quote(path)} is a placeholder: what it ignores is not known. `hutch get {path}` downloads it.";

    /// <summary>Lists the differences in the form that the server uses for two snapshots.</summary>
    public static async IAsyncEnumerable<DiffLine> DiffAsync(
        Workspace workspace, ITransferProgress progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using LocalChanges changes = await CompareAsync(workspace, progress, cancellationToken);
        foreach (TrackedFile file in changes.Read())
        {
            yield return new DiffLine
            {
                Path = file.Item.Path,
                Change = file.Before is null ? "added" : file.Gone ? "removed" : "changed",
                Before = file.Before,
                After = file.Entry,
            };
        }
    }

    private static async Task<LocalChanges> CompareAsync(
        Workspace workspace, ITransferProgress progress, CancellationToken cancellationToken)
    {
        LocalChanges changes = LocalChanges.Scan(workspace, static _ => { }, takes: null, cancellationToken);
        try
        {
            if (changes.Files > 0)
            {
                progress.Start("Reading", changes.Files, changes.Bytes);
            }

            await changes.ClassifyAsync((portion, ct) => HashEngine.RunAsync(workspace, portion, progress, ct), cancellationToken);
            workspace.SaveIndex();
            return changes;
        }
        catch
        {
            changes.Dispose();
            throw;
        }
    }
}
