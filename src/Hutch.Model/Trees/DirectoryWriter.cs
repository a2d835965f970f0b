namespace Hutch.Model;

/// <summary>Applies changes to the pages of one directory, level by level from the leaves to the top.</summary>
internal sealed class DirectoryWriter(PageLoader loader, PageBuilders builders, IPageSink sink)
{
    private readonly List<BuiltPage> _built = [];

    public async ValueTask<TreeRoot> ApplyAsync(TreeRoot old, LevelChanges changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return old;
        }

        int oldTop = old.IsEmpty ? -1 : (await loader.LoadTopAsync(old, cancellationToken)).Level;
        for (int level = 0; ; level++)
        {
            var writer = new LevelWriter(loader, builders.For(level), level, changes, sink);
            if (level > oldTop)
            {
                writer.BuildAll();
            }
            else
            {
                await writer.RebuildAsync(old, cancellationToken);
            }

            _built.AddRange(writer.New());
            if (level >= oldTop && writer.Built.Count <= 1)
            {
                return writer.Built.Count == 0 ? TreeRoot.Empty : await FinishAsync(old, writer.Built[0], cancellationToken);
            }

            // At and above the old top every page of the level was built, and no level above knows any of them.
            changes = level >= oldTop ? writer.AllAbove() : writer.ChangesAbove();
            if (changes.Count == 0)
            {
                return old;
            }
        }
    }

    // From nothing, the first level with a single page is the top. So a top with a single child gives way to it.
    private async ValueTask<TreeRoot> FinishAsync(TreeRoot old, BuiltPage top, CancellationToken cancellationToken)
    {
        int level = top.Level;
        TreeRoot root = top.Root;
        TreeRoot? child = top.OnlyChild;
        while (level > 0 && child is { } only)
        {
            root = only;
            level--;
            child = await OnlyChildAsync(root, cancellationToken);
        }

        foreach (BuiltPage page in _built.Where(page => page.Level <= level && page.Root.Page != old.Page))
        {
            sink.Write(page.Root.Page, page.Bytes);
        }

        return root;
    }

    private async ValueTask<TreeRoot?> OnlyChildAsync(TreeRoot page, CancellationToken cancellationToken)
    {
        if (_built.Find(built => built.Root.Page == page.Page) is { } built)
        {
            return built.OnlyChild;
        }

        TreePage read = await loader.LoadTopAsync(page, cancellationToken);
        return read.Count == 1 ? read.Below(0) : null;
    }
}

/// <summary>One builder per level, shared by all directories of a tree, which are built one at a time.</summary>
internal sealed class PageBuilders(PageLimits limits)
{
    private readonly List<PageBuilder> _levels = [];

    /// <summary>The builder for a level, which is empty between two directories.</summary>
    public PageBuilder For(int level)
    {
        while (_levels.Count <= level)
        {
            _levels.Add(new PageBuilder(_levels.Count, limits));
        }

        return _levels[level].Count == 0
            ? _levels[level]
            : throw new InvalidOperationException("A page of another directory is still being built.");
    }
}
