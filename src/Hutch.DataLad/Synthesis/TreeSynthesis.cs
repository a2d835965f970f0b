using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// Makes the git trees of versions of one dataset, directory by directory, from what the pages say. Only the content of small text files
/// is read. What git cannot have is left out: empty directories, and the names of <see cref="GitNames"/>.
/// </summary>
internal sealed class TreeSynthesis(PermanentVersionService versions, RuledEntries ruled, DatasetId dataset)
{
    private readonly OwnFiles _own = new(dataset);

    /// <summary>Makes the tree of a version from nothing, and gives every object of it to the sink.</summary>
    public Task<VersionTree> BuildAsync(TreeRoot root, IObjectSink sink, CancellationToken ct) => BuildAsync(root, null, null, sink, ct);

    /// <summary>Makes the tree of a version from that of another, and gives the sink what the other does not have.</summary>
    public async Task<VersionTree> BuildNextAsync(VersionTree before, TreeRoot root, IObjectSink sink, CancellationToken ct)
    {
        var changed = new Changes([], []);
        await foreach (TreeDifference difference in versions.DiffAsync(before.Root, root, ct))
        {
            changed.Paths.Add(difference.Path.Value);
            foreach (DatasetPath directory in difference.Path.Ancestors())
            {
                if (!changed.Directories.Add(directory.Value + "/"))
                {
                    break; // those above it are in it already
                }
            }
        }

        return before.Root.Page == root.Page ? before : await BuildAsync(root, before, changed, sink, ct);
    }

    private async Task<VersionTree> BuildAsync(
        TreeRoot root, VersionTree? before, Changes? changed, IObjectSink sink, CancellationToken ct)
    {
        var walk = new Walk(root, before, changed, sink, []);
        ObjectId id = await BuildDirectoryAsync(walk, "", 0, ct) ?? new TreeBuffer().WriteTo(sink);
        return new VersionTree(root, id, walk.Directories);
    }

    /// <summary>The tree of a directory; null when nothing of it can be in git.</summary>
    private async Task<ObjectId?> BuildDirectoryAsync(Walk walk, string directory, int depth, CancellationToken ct)
    {
        var tree = new TreeBuffer();
        IReadOnlyList<(string Name, byte[]? Content)> own = _own.In(directory);
        int next = 0;
        var query = new ListQuery { Prefix = directory, Delimited = true, Limit = ListQuery.MaxLimit };
        while (true)
        {
            Listing page = await versions.ListFilesAsync(walk.Root, query, ct);
            foreach (ListItem item in page.Items.Where(static item => item.Entry is not { Kind: EntryKind.EmptyDirectory }))
            {
                string name = item.Path[directory.Length..];
                next = AddOwn(tree, own, next, name, walk.Sink);
                await AddAsync(walk, tree, item, name, depth, ct);
            }

            if (page.Next is not { } after)
            {
                break;
            }

            query = query with { After = after };
        }

        AddOwn(tree, own, next, null, walk.Sink);
        if (tree.IsEmpty)
        {
            return null;
        }

        ObjectId id = tree.WriteTo(walk.Sink);
        walk.Directories[directory] = id;
        return id;
    }

    /// <summary>Adds those of Hutch's own files that come before a name; one that the dataset has itself is passed over.</summary>
    private int AddOwn(TreeBuffer tree, IReadOnlyList<(string Name, byte[]? Content)> own, int next, string? until, IObjectSink sink)
    {
        for (; next < own.Count; next++)
        {
            if (until is not null && Utf8Order.Compare(own[next].Name, until) > 0 && !IsSame(own[next].Name, until))
            {
                break;
            }

            (string name, byte[]? content) = own[next];
            if (until is not null && IsSame(name, until))
            {
                continue;
            }

            if (content is null)
            {
                tree.Add(TreeMode.Directory, name.AsSpan(0, name.Length - 1), _own.WriteFolder(sink));
            }
            else
            {
                tree.Add(TreeMode.File, name, sink.WriteBlob(content));
            }
        }

        return next;
    }

    private static bool IsSame(string one, string other) => one.TrimEnd('/') == other.TrimEnd('/');

    private async ValueTask AddAsync(Walk walk, TreeBuffer tree, ListItem item, string name, int depth, CancellationToken ct)
    {
        if (!ruled.MayHave(item.Path, item.Entry))
        {
            return;
        }

        if (item.Entry is not { } entry)
        {
            ObjectId? below = await DirectoryAsync(walk, item.Path, depth + 1, ct);
            if (below is { } id)
            {
                tree.Add(TreeMode.Directory, name.AsSpan(0, name.Length - 1), id);
            }
        }
        else if (await ruled.WriteAsync(entry, item.Path, depth, walk.SinkOf(item.Path), ct) is { } made)
        {
            tree.Add(made);
        }
    }

    private async ValueTask<ObjectId?> DirectoryAsync(Walk walk, string path, int depth, CancellationToken ct)
    {
        if (walk.Changed is { } changed && !changed.Directories.Contains(path))
        {
            if (!walk.Before!.Directories.TryGetValue(path, out ObjectId same))
            {
                return null;
            }

            walk.KeepBelow(path, same);
            return same;
        }

        return await BuildDirectoryAsync(walk, path, depth, ct);
    }

    /// <param name="Directories">The directories above them, with a trailing slash.</param>
    private sealed record Changes(HashSet<string> Paths, HashSet<string> Directories);

    /// <param name="Before">The version that it is made from; null for none.</param>
    /// <param name="Changed">What differs from that; null for all.</param>
    private sealed record Walk(
        TreeRoot Root, VersionTree? Before, Changes? Changed, IObjectSink Sink, Dictionary<string, ObjectId> Directories)
    {
        private ILookup<string, string>? _childrenBefore;

        /// <summary>The sink for the content of a file: none if the version before has it.</summary>
        public IObjectSink SinkOf(string path) => Changed is null || Changed.Paths.Contains(path) ? Sink : NoObjects.Instance;

        public void KeepBelow(string path, ObjectId id)
        {
            _childrenBefore ??= Before!.Directories.Keys.Where(static key => key.Length > 0).ToLookup(ParentOf);
            Directories[path] = id;
            foreach (string child in _childrenBefore[path])
            {
                KeepBelow(child, Before!.Directories[child]);
            }
        }

        private static string ParentOf(string directory) => directory[..(directory.LastIndexOf('/', directory.Length - 2) + 1)];
    }
}
