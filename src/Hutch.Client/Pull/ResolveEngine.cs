using Hutch.Client.Fetch;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Pull;

/// <summary>
/// Resolves conflicts with the local or with the server's version. Asks the server only for a version that is no longer in the folder.
/// </summary>
public sealed class ResolveEngine(HutchClient client, Workspace workspace, ITransferProgress progress)
{
    /// <param name="paths">Full paths in the working directory.</param>
    /// <param name="mine">True to keep the local version, merged or not; false to take the server's version in its place.</param>
    /// <param name="cancellationToken">Stops it; resolved conflicts stay resolved.</param>
    public async Task<IReadOnlyList<string>> RunAsync(
        IReadOnlyCollection<string> paths, bool mine, CancellationToken cancellationToken)
    {
        workspace.Lock();
        List<PullConflict> undecided = [.. workspace.Conflicts];
        string[] decide = [.. paths.SelectMany(p => Select(undecided, p)).Distinct()];
        if (!mine)
        {
            RefuseLeftOut(decide);
        }

        using var writer = new WorkspaceWriter(workspace);
        try
        {
            foreach (string path in decide)
            {
                PullConflict[] conflicts = [.. undecided.Where(c => c.Path == path)];
                if (mine)
                {
                    RefuseEdited(conflicts, cancellationToken);
                    RemoveTheirs(conflicts, writer);
                }
                else
                {
                    await TakeTheirsAsync(conflicts[^1], writer, cancellationToken);
                    RemoveTheirs(conflicts[..^1].Where(c => c.Theirs != path), writer); // from earlier pulls
                }

                undecided.RemoveAll(c => c.Path == path);
            }
        }
        finally
        {
            workspace.SetConflicts(undecided);
            workspace.SaveIndex();
        }

        return decide;
    }

    private List<string> Select(List<PullConflict> undecided, string path)
    {
        string wanted = Nfc.Normalize(PathSelection.Relative(workspace, path));
        List<string> found = [.. undecided.Where(c => PathSelection.IsAtOrBelow(c.Path, wanted)).Select(c => c.Path)];
        return found.Count > 0
            ? found
            : throw (ErrorCode.NotFound with { Advice = "`hutch status` lists what waits for a decision." })
                .With($"{Display.Quote(wanted.Length == 0 ? "." : wanted)} has no conflict to resolve.").ToException();
    }

    // A conflict may be older than the rule that such entries stay out.
    private void RefuseLeftOut(IEnumerable<string> paths)
    {
        if (paths.FirstOrDefault(new PathFilter(workspace).LeavesOut) is { } path)
        {
            throw (ErrorCode.InvalidPath with { Advice = $"`hutch resolve {path} --mine` decides without it." })
                .With(
                    $"{Display.Quote(path)} stays out of this working directory: it could take over the directory, or programs in it.")
                .ToException();
        }
    }

    // A merge in the server's copy must not be lost.
    private void RefuseEdited(IEnumerable<PullConflict> conflicts, CancellationToken cancellationToken)
    {
        using var reader = new StableReader(workspace.Root);
        if (conflicts.FirstOrDefault(conflict => PendingConflicts.IsEdited(conflict, reader, cancellationToken)) is { } edited)
        {
            string path = edited.Path;
            throw (ErrorCode.Conflict with
            {
                Advice = edited.Theirs == path
                    ? $"To keep the file, run `hutch resolve {path} --theirs`; to remove it, delete it and run the command again."
                    : $"To use it, run `hutch resolve {path} --theirs`; otherwise delete it or move it away, and run this again.",
            }).With($"{Display.Quote(edited.Theirs!)} was changed after the pull and would be lost.").ToException();
        }
    }

    private static void RemoveTheirs(IEnumerable<PullConflict> conflicts, WorkspaceWriter writer)
    {
        foreach (string theirs in conflicts.Select(c => c.Theirs).OfType<string>())
        {
            writer.Remove(theirs);
        }
    }

    private async Task TakeTheirsAsync(PullConflict conflict, WorkspaceWriter writer, CancellationToken cancellationToken)
    {
        if (conflict.Theirs is not { } theirs)
        {
            writer.Remove(conflict.Path);
        }
        else if (writer.Status(theirs) is not { } status)
        {
            await FetchAsync(conflict.Path, cancellationToken);
        }
        else if (status.Type == FileType.Folder)
        {
            writer.Remove(conflict.Path);
            writer.PlaceFolder(conflict.Path);
            writer.Remove(theirs);
        }
        else if (theirs != conflict.Path)
        {
            writer.Move(theirs, conflict.Path);
        }
    }

    private async Task FetchAsync(string path, CancellationToken cancellationToken)
    {
        using var entries = new SortedCursor<EntryInfo>(workspace.Base.Read(), e => e.Path);
        if (workspace.Base.Snapshot is not { } snapshot || entries.At(path) is not { } entry)
        {
            throw ErrorCode.NotFound.With(
                $"The server does not have {Display.Quote(path)} any more; run `hutch pull` again.").ToException();
        }

        using BlobCache? cache = BlobCache.OpenOf(workspace);
        var downloader = new Downloader(client, workspace, snapshot.ToString(CultureInfo.InvariantCulture), cache, progress)
        {
            MissingBytesPolicy = MissingBytesPolicy.Refuse,
        };
        await downloader.RunAsync(new[] { DownloadItem.From(entry) }.ToAsyncEnumerable(), cancellationToken);
    }
}
