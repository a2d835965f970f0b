namespace Hutch.Model;

/// <summary>One builder for each level, shared by all directories of a tree, as they are built one after the other.</summary>
internal sealed class PageBuilders(PageLimits limits)
{
    private readonly List<PageBuilder> _levels = [];

    /// <summary>The builder for a level; it is empty between two directories.</summary>
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
