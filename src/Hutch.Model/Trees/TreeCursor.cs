namespace Hutch.Model;

/// <summary>Walks all entries of a tree in the byte order of their full paths, seeking instead of scanning. Not thread-safe.</summary>
/// <param name="prefix">The prefix of every path: the directory of the tree with its slash, or empty.</param>
internal sealed class TreeCursor(PageLoader loader, TreeRoot root, string prefix = "")
{
    private readonly List<(LevelCursor Cursor, string Prefix)> _directories = [];

    public string Path { get; private set; } = "";

    public bool IsOnEntry => _directories.Count > 0;

    public Entry Entry()
    {
        LevelCursor top = _directories[^1].Cursor;
        return top.Page.Entry(top.Index);
    }

    /// <summary>Moves to the first entry whose path, without the prefix, is at or after the given bytes; false if there is none.</summary>
    public async ValueTask<bool> SeekAsync(ReadOnlyMemory<byte> from, CancellationToken cancellationToken)
    {
        _directories.Clear();
        if (root.IsEmpty)
        {
            return false;
        }

        TreeRoot directory = root;
        string directoryPrefix = prefix;
        while (true)
        {
            int slash = from.Span.IndexOf((byte)'/');
            ReadOnlyMemory<byte> key = slash < 0 ? from : from[..(slash + 1)];
            LevelCursor cursor = await EnterAsync(directory, directoryPrefix, key, cancellationToken);
            if (slash < 0 || !cursor.IsOnItem || !cursor.Page.Key(cursor.Index).SequenceEqual(key.Span))
            {
                return await SkipToEntryAsync(cancellationToken);
            }

            directory = cursor.Page.Below(cursor.Index);
            directoryPrefix = directoryPrefix + cursor.Page.Name(cursor.Index) + "/";
            from = from[(slash + 1)..];
        }
    }

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        await _directories[^1].Cursor.StepAsync(cancellationToken);
        return await SkipToEntryAsync(cancellationToken);
    }

    private async ValueTask<LevelCursor> EnterAsync(
        TreeRoot directory, string directoryPrefix, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        if (directoryPrefix.Length > DatasetPath.MaxBytes)
        {
            throw PageLoader.Damaged(directory.Page, $"it is deeper than a path of {DatasetPath.MaxBytes} bytes allows");
        }

        var cursor = new LevelCursor(loader, directory, 0);
        await cursor.SeekAsync(key, cancellationToken);
        _directories.Add((cursor, directoryPrefix));
        return cursor;
    }

    // Leaves finished directories and enters the current one, until the cursor is on an entry.
    private async ValueTask<bool> SkipToEntryAsync(CancellationToken cancellationToken)
    {
        while (_directories.Count > 0)
        {
            (LevelCursor cursor, string directoryPrefix) = _directories[^1];
            if (!cursor.IsOnItem)
            {
                _directories.RemoveAt(_directories.Count - 1);
                if (_directories.Count > 0)
                {
                    await _directories[^1].Cursor.StepAsync(cancellationToken);
                }

                continue;
            }

            string path = directoryPrefix + cursor.Page.Name(cursor.Index);
            if (cursor.Page.Kind(cursor.Index) != PageItemKind.Directory)
            {
                Path = path.Length <= DatasetPath.MaxBytes / 4 || Encoding.UTF8.GetByteCount(path) <= DatasetPath.MaxBytes
                    ? path
                    : throw PageLoader.Damaged(cursor.PageHash, $"it holds a path of more than {DatasetPath.MaxBytes} bytes");
                return true;
            }

            await EnterAsync(cursor.Page.Below(cursor.Index), path + "/", default, cancellationToken);
        }

        return false;
    }
}
