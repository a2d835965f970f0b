using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// Makes the git tree of a version from a pushed one. Unchanged entries stay as git has them, with their keys, their attributes and
/// everything that only git knows; changed entries follow the rule. The result depends on these two versions alone, so it is always the
/// same.
/// </summary>
/// <param name="findKey">The blob of a key in this dataset; null if its content is not here.</param>
internal sealed class TreeContinuation(
    PermanentVersionService versions, RuledEntries ruled, ObjectStore store, Func<KeyName, CancellationToken, ValueTask<BlobHash?>> findKey)
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);

    /// <summary>Makes the tree, and gives the sink what the other does not have.</summary>
    public async Task<ObjectId> BuildAsync(TreeRoot from, ObjectId tree, TreeRoot to, IObjectSink sink, CancellationToken ct)
    {
        if (from.Page == to.Page)
        {
            return tree;
        }

        await foreach (TreeDifference difference in versions.DiffAsync(from, to, ct))
        {
            _paths.Add(difference.Path.Value);
            foreach (DatasetPath directory in difference.Path.Ancestors())
            {
                _directories.Add(directory.Value + "/");
            }
        }

        return await BuildDirectoryAsync(to, "", 0, tree, sink, ct) ?? new TreeBuffer().WriteTo(sink);
    }

    /// <summary>The tree of a directory; null when nothing of it is in git.</summary>
    private async Task<ObjectId?> BuildDirectoryAsync(
        TreeRoot to, string directory, int depth, ObjectId? before, IObjectSink sink, CancellationToken ct)
    {
        var old = (before is { } id ? store.ReadTree(id) : []).ToDictionary(static entry => Encoding.Latin1.GetString(entry.Name));
        var made = new List<GitEntry>();
        await foreach (ListItem item in ListAsync(to, directory, ct))
        {
            byte[] name = Encoding.UTF8.GetBytes(item.Path[directory.Length..].TrimEnd('/'));
            GitEntry? had = old.Remove(Encoding.Latin1.GetString(name), out GitEntry found) ? found : null;
            GitEntry? entry = item.Entry is null
                ? await DirectoryAsync(to, item.Path, name, depth, had, sink, ct)
                : await FileAsync(item, depth, had, sink, ct);
            if (entry is { } included)
            {
                made.Add(included);
            }
        }

        foreach (GitEntry only in old.Values)
        {
            if (await LeftAsync(to, directory, depth, only, sink, ct) is { } included)
            {
                made.Add(included);
            }
        }

        if (made.Count == 0)
        {
            return null;
        }

        made.Sort(GitEntry.Compare);
        var tree = new TreeBuffer();
        made.ForEach(tree.Add);
        return tree.WriteTo(sink);
    }

    private async Task<GitEntry?> DirectoryAsync(
        TreeRoot to, string path, byte[] name, int depth, GitEntry? had, IObjectSink sink, CancellationToken ct)
    {
        ObjectId? before = had is { Kind: GitEntryKind.Directory } directory ? directory.Id : null;
        if (!_directories.Contains(path))
        {
            return before is null ? null : had;
        }

        if (!GitNames.IsAllowed(Encoding.UTF8.GetString(name)))
        {
            return had;
        }

        ObjectId? tree = await BuildDirectoryAsync(to, path, depth + 1, before, sink, ct);
        return tree is { } id ? new GitEntry(GitEntryKind.Directory, name, id) : null;
    }

    private async Task<GitEntry?> FileAsync(ListItem item, int depth, GitEntry? had, IObjectSink sink, CancellationToken ct)
    {
        Entry entry = item.Entry!;
        if (!_paths.Contains(item.Path) || !ruled.MayHave(item.Path, entry)
            || (had is { } before && before.Kind != GitEntryKind.Directory && await IsArrivalAsync(before, entry, ct)))
        {
            return had;
        }

        return await ruled.WriteAsync(entry, item.Path, depth, sink, ct);
    }

    /// <summary>Returns true if a file is the content of git's key at its path: nothing has changed for git.</summary>
    private async ValueTask<bool> IsArrivalAsync(GitEntry before, Entry entry, CancellationToken ct)
    {
        if (entry.Kind != EntryKind.File || before.Kind == GitEntryKind.Submodule)
        {
            return false;
        }

        byte[] content = store.Read(before.Id, ObjectKind.Blob);
        KeyName? key = before.Kind == GitEntryKind.Link ? KeyName.OfLink(Encoding.UTF8.GetString(content)) : KeyName.OfPointer(content);
        return key is not null && entry.Executable == (before.Kind == GitEntryKind.Executable) && await findKey(key, ct) == entry.Hash;
    }

    /// <summary>Decides on an entry that git has and the version lacks: it was removed, or only git knows it.</summary>
    private async Task<GitEntry?> LeftAsync(
        TreeRoot to, string directory, int depth, GitEntry only, IObjectSink sink, CancellationToken ct)
    {
        string? path = only.Text is { } text ? directory + text : null;
        if (path is null || only.Kind != GitEntryKind.Directory)
        {
            return path is not null && _paths.Contains(path) ? null : only;
        }

        if (!_directories.Contains(path + "/"))
        {
            return only;
        }

        return await BuildDirectoryAsync(to, path + "/", depth + 1, only.Id, sink, ct) is { } id ? only with { Id = id } : null;
    }

    private async IAsyncEnumerable<ListItem> ListAsync(
        TreeRoot to, string directory, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var query = new ListQuery { Prefix = directory, Delimited = true, Limit = ListQuery.MaxLimit };
        while (true)
        {
            Listing page = await versions.ListFilesAsync(to, query, ct);
            foreach (ListItem item in page.Items)
            {
                yield return item;
            }

            if (page.Next is not { } after)
            {
                yield break;
            }

            query = query with { After = after };
        }
    }
}
