namespace Hutch.Model;

/// <summary>A position in a level of a directory's pages: entries at level 0, child pages above. Not thread-safe.</summary>
internal sealed class LevelCursor(PageLoader loader, TreeRoot root, int level)
{
    private readonly List<(TreePage Page, int Index)> _above = [];
    private TreePage? _page;

    /// <summary>The current page. Valid only after a seek.</summary>
    public TreePage Page => _page ?? throw new InvalidOperationException("The cursor was not placed yet.");

    /// <summary>The line in the page; <see cref="TreePage.Count"/> after the last.</summary>
    public int Index { get; private set; }

    public BlobHash PageHash => _above.Count == 0 ? root.Page : _above[^1].Page.Item(_above[^1].Index).Page;

    public bool HasNextPage => _above.Exists(ancestor => ancestor.Index + 1 < ancestor.Page.Count);

    public bool IsOnItem => _page is not null && Index < _page.Count;

    /// <summary>Moves to the first line whose key is at or after the given one, else behind the last line of the last page.</summary>
    public async ValueTask SeekAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        if (_page is not null && Index < _page.Count && IsWithin(_page, key.Span))
        {
            Index = _page.LowerBound(key.Span);
            return;
        }

        _above.Clear();
        TreePage page = await loader.LoadTopAsync(root, cancellationToken);
        while (page.Level > level)
        {
            int child = Math.Min(page.LowerBound(key.Span), page.Count - 1);
            _above.Add((page, child));
            page = await loader.LoadChildAsync(page, child, cancellationToken);
        }

        _page = page;
        Index = page.LowerBound(key.Span);
    }

    /// <summary>Moves to the next line if it is in the same page.</summary>
    public bool TryStepInPage()
    {
        Index++;
        return Index < Page.Count;
    }

    /// <summary>Moves to the next line; if there is none, returns false and moves to the position after the last.</summary>
    public ValueTask<bool> StepAsync(CancellationToken cancellationToken) =>
        TryStepInPage() ? ValueTask.FromResult(true) : StepToNextPageAsync(cancellationToken);

    /// <summary>
    /// Moves to the first line of the next page. If this page is the last, returns false and moves to the position after the last line.
    /// </summary>
    public async ValueTask<bool> StepToNextPageAsync(CancellationToken cancellationToken)
    {
        int up = _above.Count - 1;
        while (up >= 0 && _above[up].Index + 1 == _above[up].Page.Count)
        {
            up--;
        }

        if (up < 0)
        {
            Index = Page.Count;
            return false;
        }

        _above.RemoveRange(up + 1, _above.Count - up - 1);
        (TreePage parent, int child) = (_above[up].Page, _above[up].Index + 1);
        _above[up] = (parent, child);
        TreePage page = await loader.LoadChildAsync(parent, child, cancellationToken);
        while (page.Level > level)
        {
            _above.Add((page, 0));
            page = await loader.LoadChildAsync(page, 0, cancellationToken);
        }

        _page = page;
        Index = 0;
        return true;
    }

    // Between the first and the last key of the page there is nothing that another page could hold.
    private static bool IsWithin(TreePage page, ReadOnlySpan<byte> key) =>
        page.Count > 0 && page.Key(0).SequenceCompareTo(key) <= 0 && page.LastKey.SequenceCompareTo(key) >= 0;
}
