namespace Hutch.Model;

/// <summary>
/// Applies changes to one level of a directory. It starts at the page of the first change and builds new pages until one ends where an old
/// page ended. It then continues at the page of the next change. The result equals pages that are all built anew: each old page begins at a
/// cut, and a cut depends only on the entries since the page began.
/// </summary>
internal sealed class LevelWriter(PageLoader loader, PageBuilder builder, int level, LevelChanges changes, IPageSink sink)
{
    private readonly List<(byte[] Key, BlobHash Hash)> _gone = [];
    private int _next;

    /// <summary>The new pages, in order, including those that turned out unchanged.</summary>
    public List<BuiltPage> Built { get; } = [];

    public void BuildAll() => Finish();

    public async ValueTask RebuildAsync(TreeRoot old, CancellationToken cancellationToken)
    {
        var cursor = new LevelCursor(loader, old, level);
        while (_next < changes.Count)
        {
            await cursor.SeekAsync(changes.KeyBytes(_next), cancellationToken);
            while (true)
            {
                _gone.Add((cursor.Page.LastKey.ToArray(), cursor.PageHash));
                Merge(cursor.Page);
                if (!cursor.HasNextPage)
                {
                    Finish();
                    return;
                }

                if (builder.Count == 0)
                {
                    break;
                }

                await cursor.StepToNextPageAsync(cancellationToken);
            }
        }
    }

    /// <summary>The new pages that differ from the old ones at the same position.</summary>
    public IEnumerable<BuiltPage> New()
    {
        var old = _gone.Select(gone => gone.Hash).ToHashSet();
        return Built.Where(page => !old.Contains(page.Root.Page));
    }

    public LevelChanges ChangesAbove()
    {
        var above = new LevelChanges();
        int gone = 0;
        foreach (BuiltPage page in Built)
        {
            int order = -1;
            while (gone < _gone.Count && (order = _gone[gone].Key.AsSpan().SequenceCompareTo(page.LastKey)) < 0)
            {
                above.AddRemoval(_gone[gone++].Key);
            }

            bool same = gone < _gone.Count && order == 0 && _gone[gone].Hash == page.Root.Page;
            gone += gone < _gone.Count && order == 0 ? 1 : 0;
            if (!same)
            {
                above.Add(page.LastKey, PageItemKind.ChildPage, page.Root);
            }
        }

        for (; gone < _gone.Count; gone++)
        {
            above.AddRemoval(_gone[gone].Key);
        }

        return above;
    }

    /// <summary>All new pages as the level above, for a level without one.</summary>
    public LevelChanges AllAbove()
    {
        var above = new LevelChanges();
        foreach (BuiltPage page in Built)
        {
            above.Add(page.LastKey, PageItemKind.ChildPage, page.Root);
        }

        return above;
    }

    private void Merge(TreePage old)
    {
        for (int i = 0; i < old.Count; i++)
        {
            ReadOnlySpan<byte> key = old.Key(i);
            int order = 1;
            while (_next < changes.Count && (order = changes.Key(_next).SequenceCompareTo(key)) < 0)
            {
                AddChange();
            }

            if (_next < changes.Count && order == 0)
            {
                bool isSame = IsSameFile(old, i);
                if (level == 0 && !isSame && old.Kind(i) == PageItemKind.File)
                {
                    sink.NoteReplaced(old.Item(i).Bytes);
                }

                AddChange(isSame);
            }
            else
            {
                builder.Add(old, i);
                CutIfDue();
            }
        }
    }

    private bool IsSameFile(TreePage old, int index) =>
        level == 0 && old.Kind(index) == PageItemKind.File && changes.Entry(_next)?.Hash == old.Item(index).Content;

    private void Finish()
    {
        while (_next < changes.Count)
        {
            AddChange();
        }

        if (builder.Count > 0)
        {
            Built.Add(builder.Finish());
        }
    }

    private void AddChange(bool isSame = false)
    {
        if (!changes.IsRemoval(_next))
        {
            if (level == 0 && !isSame && changes.Entry(_next) is { Kind: EntryKind.File } added)
            {
                sink.NoteAdded(added.Size);
            }

            changes.AddTo(builder, _next);
            CutIfDue();
        }

        _next++;
    }

    private void CutIfDue()
    {
        if (builder.IsAtCut)
        {
            Built.Add(builder.Finish());
        }
    }
}
