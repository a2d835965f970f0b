namespace Hutch.Model;

/// <summary>
/// Lists one directory of a head: the lines of its pages merged with the rows of the overlay, which are grouped by sub-directory.
/// </summary>
internal sealed class DirectoryLister(Tree tree, OverlayCursor overlay, ListQuery query)
{
    private readonly string _directory = query.Prefix[..(query.Prefix.LastIndexOf('/') + 1)];
    private readonly List<ListItem> _items = new(Math.Min(query.Limit, 2048) + 1);
    private char[]? _text; // the directory, and room for a name
    private LevelCursor? _lines;

    public async ValueTask<Listing> ListAsync(TreeRoot root, CancellationToken cancellationToken)
    {
        string from = ListQuery.FirstWanted(query.Prefix, query.After);
        await SeekLinesAsync(root, from, cancellationToken);
        await overlay.SeekAsync(from, cancellationToken);

        // One item beyond the limit shows if more items follow.
        while (_items.Count <= query.Limit && await TakeNextAsync(cancellationToken))
        {
        }

        bool isTruncated = _items.Count > query.Limit;
        if (isTruncated)
        {
            _items.RemoveAt(query.Limit);
        }

        return new Listing(_items, isTruncated);
    }

    private async ValueTask SeekLinesAsync(TreeRoot root, string from, CancellationToken cancellationToken)
    {
        TreeRoot directory = await tree.FindDirectoryAsync(root, Encoding.UTF8.GetBytes(_directory), cancellationToken);
        if (!directory.IsEmpty && from.StartsWith(_directory, StringComparison.Ordinal))
        {
            _lines = tree.CursorOf(directory);
            await _lines.SeekAsync(Encoding.UTF8.GetBytes(from[_directory.Length..]), cancellationToken);
        }
    }

    // Without rows to merge, the lines of a page need no look at the overlay, and wait for nothing.
    private bool TryTakeLines()
    {
        bool hasTaken = false;
        while (_items.Count <= query.Limit && LineText() is { } line && !HidesMarkers(line))
        {
            Add(line);
            hasTaken = true;
            if (!_lines!.TryStepInPage())
            {
                break;
            }
        }

        return hasTaken;
    }

    private async ValueTask<bool> TakeNextAsync(CancellationToken cancellationToken)
    {
        string? row = RowText();
        if (row is null && TryTakeLines())
        {
            if (!_lines!.IsOnItem)
            {
                await _lines.StepToNextPageAsync(cancellationToken);
            }

            return true;
        }

        string? line = LineText();
        if (line is null && row is null)
        {
            return false;
        }

        int order = line is null ? 1 : row is null ? -1 : Utf8Order.Compare(line, row);
        if (order < 0 || (order == 0 && overlay.IsBelow && row![^1] != '/'))
        {
            if (!HidesMarkers(line!) || await LivesAsync(line!, isInTree: true, cancellationToken))
            {
                Add(line!);
            }

            await _lines!.StepAsync(cancellationToken);
            if (order == 0)
            {
                await overlay.MoveNextAsync(cancellationToken);
            }
        }
        else if (row![^1] == '/')
        {
            await TakeDirectoryAsync(row, order == 0, cancellationToken);
        }
        else
        {
            if (overlay.Entry is { } entry)
            {
                _items.Add(new ListItem(row, entry));
            }

            await overlay.MoveNextAsync(cancellationToken);
            await StepLineIfAsync(order == 0, cancellationToken);
        }

        return true;
    }

    // Adds the cursor's line.
    private void Add(string line) => _items.Add(new ListItem(line, line[^1] == '/' ? null : _lines!.Page.Entry(_lines.Index)));

    // The text of the cursor's line, or null if no more lines match.
    private string? LineText()
    {
        if (_lines is not { IsOnItem: true })
        {
            return null;
        }

        ReadOnlySpan<char> text = TextOf(_lines.Page.Key(_lines.Index));
        return text.StartsWith(query.Prefix, StringComparison.Ordinal) ? text.ToString() : null;
    }

    private ReadOnlySpan<char> TextOf(ReadOnlySpan<byte> key)
    {
        if (_text is null)
        {
            _text = new char[_directory.Length + DatasetPath.MaxBytes + 1];
            _directory.CopyTo(_text);
        }

        int length = Encoding.UTF8.GetChars(key, _text.AsSpan(_directory.Length));
        return _text.AsSpan(0, _directory.Length + length);
    }

    // The listed text of the overlay's current row: its path, or its sub-directory.
    private string? RowText()
    {
        if (!overlay.IsOnRow || !overlay.Path.StartsWith(query.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        int slash = overlay.Path.IndexOf('/', query.Prefix.Length);
        return slash < 0 ? overlay.Path : overlay.Path[..(slash + 1)];
    }

    private async ValueTask TakeDirectoryAsync(string prefix, bool isInTree, CancellationToken cancellationToken)
    {
        bool isWanted = query.After is null || Utf8Order.Compare(prefix, query.After) > 0;
        if (isWanted && await LivesAsync(prefix, isInTree, cancellationToken))
        {
            _items.Add(new ListItem(prefix, null));
        }

        // The character after the slash is the zero: this is the least text behind everything in the sub-directory.
        await overlay.SeekAsync(prefix[..^1] + "0", cancellationToken);
        await StepLineIfAsync(isInTree, cancellationToken);
    }

    private async ValueTask<bool> LivesAsync(string prefix, bool isInTree, CancellationToken cancellationToken)
    {
        bool hidesMarkers = HidesMarkers(prefix);
        if (!hidesMarkers && overlay.Entry is not null)
        {
            return true;
        }

        TreeRoot below = isInTree ? _lines!.Page.Below(_lines.Index) : TreeRoot.Empty;
        var cursor = new MergedCursor(tree.CursorIn(below, prefix), prefix, overlay, prefix);
        bool found = await cursor.SeekAsync(prefix, cancellationToken);
        return found && hidesMarkers && ReservedNames.IsMarker(cursor.Path)
            ? await cursor.SeekAsync(ReservedNames.BehindMarkers, cancellationToken)
            : found;
    }

    // A folder that has nothing but markers is not listed.
    private static bool HidesMarkers(string directory) => directory == ReservedNames.Top + "/";

    private async ValueTask StepLineIfAsync(bool condition, CancellationToken cancellationToken)
    {
        if (condition)
        {
            await _lines!.StepAsync(cancellationToken);
        }
    }
}
