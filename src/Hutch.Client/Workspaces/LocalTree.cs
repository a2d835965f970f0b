namespace Hutch.Client.Workspaces;

/// <summary>Merges the working directory and its base, path by path.</summary>
internal static class LocalTree
{
    /// <summary>
    /// Scans, in byte order of the paths; entries of the base alone are included as gone. Fills in known hashes from the index, and removes
    /// vanished files from it.
    /// </summary>
    internal static IEnumerable<TrackedFile> Walk(Workspace workspace, LocalScan scan, CancellationToken cancellationToken)
    {
        using var entries = new SortedCursor<EntryInfo>(workspace.Base.Read(), e => e.Path);
        using IndexReader index = workspace.Index.Read();
        int newFileMode = workspace.NewFileMode;
        foreach (LocalItem item in scan.Run(cancellationToken))
        {
            foreach (EntryInfo missing in entries.Before(item.Path))
            {
                yield return TrackedFile.Missing(missing);
            }

            Remove(workspace, index.Before(item.Path));
            EntryInfo? before = entries.At(item.Path);
            IndexRow? known = index.Find(item.Path, item.Status);
            int? restrictedMode = known is { IsWritten: true }
                ? before.RestrictedMode()
                : RestrictedMode.Find(item.Status.Mode, newFileMode, before.RestrictedMode());
            bool isOther = item.Kind == LocalKind.File
                && (restrictedMode != before.RestrictedMode() || item.Status.Executable != (before?.Executable ?? false));
            bool hasMode = !isOther || workspace.KeepsModes;
            yield return new TrackedFile(item, before)
            {
                Hash = item.Kind == LocalKind.File ? known?.H : null,
                RestrictedMode = hasMode ? restrictedMode : before.RestrictedMode(),
                HasMode = hasMode,
                Unstable = item.Kind == LocalKind.Unstorable,
            };
        }

        foreach (EntryInfo missing in entries.Rest())
        {
            yield return TrackedFile.Missing(missing);
        }

        Remove(workspace, index.Rest());
    }

    /// <summary>Finds the entries that moved placeholders represent.</summary>
    internal static void FindOrigins(BaseTree tree, IEnumerable<TrackedFile> files)
    {
        ILookup<BlobHash, TrackedFile> moved = files.Where(f => f.IsMoved && f.Origin is null).ToLookup(f => f.Item.Hash);
        if (moved.Count == 0)
        {
            return;
        }

        foreach (EntryInfo entry in tree.Read().Where(e => e.Hash is not null))
        {
            foreach (TrackedFile file in moved[entry.Hash!.Value])
            {
                file.Origin ??= entry;
            }
        }
    }

    private static void Remove(Workspace workspace, IEnumerable<IndexRow> rows)
    {
        foreach (IndexRow row in rows)
        {
            workspace.Index.Remove(row.P);
        }
    }
}
