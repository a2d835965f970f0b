using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Disk.Folders;

namespace Hutch.Commands.Verbs.Files;

/// <summary>The datasets inside a dataset, whose folders a clone leaves empty.</summary>
internal static class NestedDatasets
{
    /// <summary>So many are named one by one.</summary>
    private const int MaxNamed = 10;

    /// <summary>
    /// Lists those of a clone whose folder is there. A path through a link is none: the list comes from the owners of the dataset, and
    /// could name any folder of this machine.
    /// </summary>
    internal static async Task<IReadOnlyList<NestedDataset>> FindAsync(
        HutchClient server, DatasetId dataset, CloneOutcome outcome, CancellationToken cancellationToken)
    {
        using FolderHandle folder = FolderHandle.Open(outcome.Folder);
        if (outcome.Snapshot is not { } snapshot || folder.Status(Subdataset.ListPath) is null)
        {
            return [];
        }

        var nested = new List<NestedDataset>();
        string version = snapshot.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await foreach (SubdatasetInfo one in server.ListSubdatasetsAsync(dataset, version, cancellationToken))
        {
            if (DatasetPath.Parse(one.Path).IsOk && IsFolder(folder, one.Path.Split('/')))
            {
                string location = Path.Combine(outcome.Folder, one.Path);
                nested.Add(new NestedDataset(one.Path, one.Dataset, location, IsCloned(location, one.Dataset))
                {
                    Commit = one.Commit,
                    Snapshot = one.Snapshot,
                });
            }
        }

        return nested;
    }

    /// <summary>Names the datasets that are not here, with the way to get each.</summary>
    /// <param name="verb">The command that gets one: <c>clone</c> or <c>stage</c>.</param>
    internal static void Report(CliContext context, IReadOnlyList<NestedDataset> nested, string verb, string way)
    {
        NestedDataset[] missing = [.. nested.Where(static one => !one.IsHere)];
        foreach (NestedDataset one in missing.Take(MaxNamed))
        {
            context.WriteNote($"left out, a dataset of its own: {Display.Quote(one.Path)}. {Advice(context, one, verb)}");
        }

        if (missing.Length > 0)
        {
            context.WriteNote($"{Human.Count(missing.Length, "nested dataset is", "nested datasets are")} not here.{way}");
        }
    }

    private static string Advice(CliContext context, NestedDataset nested, string verb)
    {
        if (nested.Dataset is not { } id)
        {
            return "It is not known by an id: get it with git or DataLad.";
        }

        if (nested is { Snapshot: null, Commit: { } commit })
        {
            return $"This version names its commit {commit}, which you can read in no version of {id} at this server.";
        }

        string version = nested.Snapshot is { } snapshot ? $"@{snapshot}" : "";
        return $"Get it with `hutch {verb} {id}{version} {Display.Name(Path.GetRelativePath(context.Host.Folder, nested.Folder))}`.";
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
