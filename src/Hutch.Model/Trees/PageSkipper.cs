namespace Hutch.Model;

/// <summary>
/// Walks one directory and leaves pages unread as long as possible, so that equal pages of two directories can be skipped.
/// </summary>
internal sealed class PageSkipper(PageLoader loader, TreeRoot root)
{
    private readonly List<(TreePage Page, BlobHash Hash, int Index)> _open = [];

    /// <summary>The page that begins here and is not read yet; null if it was read.</summary>
    public TreeRoot? Unread { get; private set; } = root.IsEmpty ? null : root;

    public bool IsAtEnd => Unread is null && _open.Count == 0;

    public TreePage Page => _open[^1].Page;

    public int Index => _open[^1].Index;

    public async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        TreeRoot unread = Unread ?? throw new InvalidOperationException("There is no unread page here.");
        TreePage page = _open.Count == 0
            ? await loader.LoadTopAsync(unread, cancellationToken)
            : await loader.LoadChildAsync(_open[^1].Page, _open[^1].Index, cancellationToken);
        _open.Add((page, unread.Page, 0));
        Unread = page.Level > 0 ? page.Below(0) : null;
    }

    /// <summary>Moves past the line or the unread page.</summary>
    public void Pass()
    {
        Unread = null;
        while (_open.Count > 0)
        {
            (TreePage page, BlobHash hash, int index) = _open[^1];
            if (index + 1 < page.Count)
            {
                _open[^1] = (page, hash, index + 1);
                Unread = page.Level > 0 ? page.Below(index + 1) : null;
                return;
            }

            _open.RemoveAt(_open.Count - 1);
        }
    }

    /// <summary>Moves past the page in both directories if the same page begins here.</summary>
    public static bool PassSame(PageSkipper left, PageSkipper right)
    {
        for (int i = left.FirstBeginningHere(); i <= left._open.Count; i++)
        {
            for (int j = right.FirstBeginningHere(); j <= right._open.Count; j++)
            {
                if (left.HashAt(i) is { } hash && hash == right.HashAt(j))
                {
                    left.PassFrom(i);
                    right.PassFrom(j);
                    return true;
                }
            }
        }

        return false;
    }

    // Open pages from this one on have nothing passed yet; after the last of them comes the unread page.
    private int FirstBeginningHere()
    {
        int first = _open.Count;
        while (first > 0 && _open[first - 1].Index == 0)
        {
            first--;
        }

        return first;
    }

    private BlobHash? HashAt(int depth) => depth < _open.Count ? _open[depth].Hash : Unread?.Page;

    private void PassFrom(int depth)
    {
        if (depth < _open.Count)
        {
            _open.RemoveRange(depth, _open.Count - depth);
        }

        Pass();
    }
}
