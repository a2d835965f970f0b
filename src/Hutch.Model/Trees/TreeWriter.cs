namespace Hutch.Model;

/// <summary>
/// Applies changes to a tree: splits them by directory, resolves conflicts of files and directories, and writes each directory once.
/// </summary>
internal sealed class TreeWriter(PageLoader loader, IPageSink sink)
{
    private readonly PageBuilders _builders = new(loader.Limits);
    private TreeChange[] _changes = [];

    /// <summary>Applies the changes, which can have any order, but must not name a path twice.</summary>
    public async ValueTask<Result<TreeRoot>> ApplyAsync(
        TreeRoot root, IReadOnlyList<TreeChange> changes, CancellationToken cancellationToken)
    {
        _changes = Sort(changes);
        if (FindFault(root) is { } fault)
        {
            return fault;
        }

        Result<TreeRoot> result = _changes.Length == 0 ? root : await ApplyAsync(root, 0, _changes.Length, 0, cancellationToken);
        if (result.IsOk && result.Value.IsEmpty)
        {
            sink.Write(TreeRoot.Empty.Page, TreeRoot.EmptyPage);
        }

        return result;
    }

    private HutchError? FindFault(TreeRoot root)
    {
        Int128 bytes = root.Bytes;
        foreach (ref readonly TreeChange change in _changes.AsSpan())
        {
            if (change.Entry is null)
            {
                continue;
            }

            if (EntryRules.CheckHashed(change.Entry).Error is { } error)
            {
                return error;
            }

            bytes += change.Entry.Size;
        }

        return bytes > long.MaxValue ? ErrorCode.InvalidBody.With("The sizes of the files together do not fit into 63 bits.") : null;
    }

    private static TreeChange[] Sort(IReadOnlyList<TreeChange> changes)
    {
        TreeChange[] sorted = [.. changes];
        bool isSorted = true;
        for (int i = 1; i < sorted.Length && isSorted; i++)
        {
            isSorted = sorted[i - 1].Path < sorted[i].Path;
        }

        if (!isSorted)
        {
            Array.Sort(sorted, (a, b) => a.Path.CompareTo(b.Path));
        }

        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i - 1].Path == sorted[i].Path)
            {
                throw new ArgumentException($"The path '{sorted[i].Path}' is changed twice in one write.", nameof(changes));
            }
        }

        return sorted;
    }

    // Changes from first to end (exclusive) are below the directory whose path has prefixLength characters, with its slash.
    private async ValueTask<Result<TreeRoot>> ApplyAsync(
        TreeRoot old, int first, int end, int prefixLength, CancellationToken cancellationToken)
    {
        var level = new LevelChanges();
        LevelCursor? before = old.IsEmpty ? null : new LevelCursor(loader, old, 0);
        while (first < end)
        {
            string path = _changes[first].Path.Value;
            int slash = path.IndexOf('/', prefixLength);
            if (slash < 0)
            {
                level.Add(path.AsSpan(prefixLength), _changes[first].Entry);
                first++;
                continue;
            }

            int next = EndOfDirectory(first, end, slash + 1);
            Result<Done> sub = await ApplyBelowAsync(level, before, first, next, prefixLength, slash + 1, cancellationToken);
            if (!sub.IsOk)
            {
                return sub.Error;
            }

            first = next;
        }

        HutchError? clash = await FinishAsync(level, before, _changes[end - 1].Path.Value[..prefixLength], cancellationToken);
        return clash is null ? await new DirectoryWriter(loader, _builders, sink).ApplyAsync(old, level, cancellationToken) : clash;
    }

    private int EndOfDirectory(int first, int end, int prefixLength)
    {
        ReadOnlySpan<char> prefix = _changes[first].Path.Value.AsSpan(0, prefixLength);
        int next = first + 1;
        while (next < end && _changes[next].Path.Value.AsSpan().StartsWith(prefix))
        {
            next++;
        }

        return next;
    }

    private async ValueTask<Result<Done>> ApplyBelowAsync(
        LevelChanges level, LevelCursor? before, int first, int end,
        int prefixLength, int subPrefixLength, CancellationToken cancellationToken)
    {
        byte[] key = Encoding.UTF8.GetBytes(_changes[first].Path.Value[prefixLength..subPrefixLength]);
        TreeRoot old = await FindAsync(before, key, cancellationToken) ? before!.Page.Below(before.Index) : TreeRoot.Empty;
        if (!(await ApplyAsync(old, first, end, subPrefixLength, cancellationToken)).TryGet(out TreeRoot root, out HutchError? error))
        {
            return error;
        }

        if (root.IsEmpty)
        {
            level.AddRemoval(key);
        }
        else if (root != old)
        {
            level.Add(key, PageItemKind.Directory, root);
        }

        return Done.Value;
    }

    private static async ValueTask<bool> FindAsync(LevelCursor? cursor, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        if (cursor is null)
        {
            return false;
        }

        await cursor.SeekAsync(key, cancellationToken);
        return cursor.IsOnItem && cursor.Page.Key(cursor.Index).SequenceEqual(key.Span);
    }

    // Resolves names that would be both an entry and a directory: an empty directory is dropped for its new contents; others are refused.
    private static async ValueTask<HutchError?> FinishAsync(
        LevelChanges level, LevelCursor? before, string prefix, CancellationToken cancellationToken)
    {
        if (before is null && !level.HasBelow)
        {
            return null;
        }

        var givingWay = new List<byte[]>();
        for (int i = 0; i < level.Count; i++)
        {
            if (level.Entry(i) is { } entry)
            {
                if (await BecomesDirectoryAsync(level, before, [.. level.Key(i), (byte)'/'], cancellationToken))
                {
                    if (entry.Kind != EntryKind.EmptyDirectory)
                    {
                        return Clash(prefix, level.Key(i));
                    }

                    level.Drop(i);
                }
            }
            else if (level.IsDirectory(i))
            {
                byte[] name = level.Key(i)[..^1].ToArray();
                if (level.Find(name) < 0 && await FindAsync(before, name, cancellationToken))
                {
                    if (before!.Page.Kind(before.Index) != PageItemKind.EmptyDirectory)
                    {
                        return Clash(prefix, name);
                    }

                    givingWay.Add(name);
                }
            }
        }

        level.Remove(givingWay);
        return null;
    }

    private static async ValueTask<bool> BecomesDirectoryAsync(
        LevelChanges level, LevelCursor? before, byte[] key, CancellationToken cancellationToken)
    {
        int change = level.Find(key);
        return change >= 0 ? level.IsDirectory(change) : await FindAsync(before, key, cancellationToken);
    }

    private static HutchError Clash(string prefix, ReadOnlySpan<byte> name)
    {
        string path = prefix + Encoding.UTF8.GetString(name);
        return ErrorCode.PathConflict.With(
            $"{Display.Quote(path)} would be both a file and a directory: there are entries below it. "
            + "Remove or rename one of the two.", "path", path);
    }
}
