using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;

namespace Hutch.Commands.Verbs.Files;

/// <summary>The datasets inside a dataset, whose folders a clone leaves empty.</summary>
internal static class NestedDatasets
{
    /// <summary>
    /// Lists those of a version. With a folder of its files, these are the ones with a folder in it. A path through a link is none: the
    /// list comes from the owners of the dataset, and could name any folder of this machine.
    /// </summary>
    internal static async Task<IReadOnlyList<NestedDataset>> FindAsync(
        HutchClient server, DatasetId dataset, string version, string? location, CancellationToken cancellationToken)
    {
        using FolderHandle? folder = location is null ? null : FolderHandle.Open(location);
        if (folder is not null && folder.Status(Subdataset.ListPath) is null)
        {
            return [];
        }

        var nested = new List<NestedDataset>();
        await foreach (SubdatasetInfo one in server.ListSubdatasetsAsync(dataset, version, cancellationToken))
        {
            if (DatasetPath.Parse(one.Path).IsOk && (folder is null || IsFolder(folder, one.Path.Split('/'))))
            {
                string below = location is null ? "" : Path.Combine(location, one.Path);
                nested.Add(new NestedDataset(one.Path, one.Dataset, below, location is not null && IsCloned(below, one.Dataset))
                {
                    Commit = one.Commit,
                    Snapshot = one.Snapshot,
                });
            }
        }

        return nested;
    }

    private static bool IsFolder(FolderHandle above, ReadOnlySpan<string> names)
    {
        using FolderHandle? below = above.TryOpenFolder(names[0]);
        return below is not null && (names.Length == 1 || IsFolder(below, names[1..]));
    }

    private static bool IsCloned(string folder, DatasetId? id)
    {
        using Workspace? there = id is null ? null : Workspace.TryOpen(folder);
        return there is { Config.Cloning: null } && there.Config.Dataset == id;
    }
}
