using System.Runtime.CompilerServices;

namespace Hutch.Model;

/// <summary>Compares two trees, reading only pages that are not in both.</summary>
internal sealed class TreeComparer(PageLoader loader)
{
    private readonly Stack<(PageSkipper Before, PageSkipper After, string Prefix)> _directories = new();

    /// <summary>The differences in byte order of the paths.</summary>
    public async IAsyncEnumerable<TreeDifference> CompareAsync(
        TreeRoot before, TreeRoot after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Enter(before, after, "");
        while (_directories.TryPeek(out (PageSkipper Before, PageSkipper After, string Prefix) top))
        {
            if (top.Before.IsAtEnd && top.After.IsAtEnd)
            {
                _directories.Pop();
            }
            else if (!PageSkipper.PassSame(top.Before, top.After)
                && !await ReadLargerAsync(top.Before, top.After, cancellationToken)
                && CompareLines(top.Before, top.After, top.Prefix) is { } difference)
            {
                yield return difference;
            }
        }
    }

    private void Enter(TreeRoot before, TreeRoot after, string prefix)
    {
        if (prefix.Length > DatasetPath.MaxBytes)
        {
            throw PageLoader.Damaged(after.Page, $"it is deeper than a path of {DatasetPath.MaxBytes} bytes allows");
        }

        _directories.Push((new PageSkipper(loader, before), new PageSkipper(loader, after), prefix));
    }

    // Of two unread pages the larger one is more likely to hold the other.
    private static async ValueTask<bool> ReadLargerAsync(PageSkipper before, PageSkipper after, CancellationToken cancellationToken)
    {
        long sizeBefore = before.Unread?.Files ?? 0;
        long sizeAfter = after.Unread?.Files ?? 0;
        if (sizeBefore == 0 && sizeAfter == 0)
        {
            return false;
        }

        await (sizeBefore >= sizeAfter ? before : after).ReadAsync(cancellationToken);
        return true;
    }

    private TreeDifference? CompareLines(PageSkipper before, PageSkipper after, string prefix)
    {
        int order = before.IsAtEnd ? 1 : after.IsAtEnd ? -1 : before.Page.Key(before.Index).SequenceCompareTo(after.Page.Key(after.Index));
        (TreePage page, int index) = order <= 0 ? (before.Page, before.Index) : (after.Page, after.Index);
        TreeDifference? difference = null;
        string path = prefix + page.Name(index);
        if (page.Kind(index) == PageItemKind.Directory)
        {
            TreeRoot below = order <= 0 ? before.Page.Below(before.Index) : TreeRoot.Empty;
            TreeRoot belowAfter = order >= 0 ? after.Page.Below(after.Index) : TreeRoot.Empty;
            Pass(before, after, order);
            Enter(below, belowAfter, path + "/");
            return null;
        }

        if (order != 0 || !before.Page.LineWithFeed(before.Index).SequenceEqual(after.Page.LineWithFeed(after.Index)))
        {
            difference = new TreeDifference(
                DatasetPath.Trusted(path),
                order <= 0 ? before.Page.Entry(before.Index) : null,
                order >= 0 ? after.Page.Entry(after.Index) : null);
        }

        Pass(before, after, order);
        return difference;
    }

    private static void Pass(PageSkipper before, PageSkipper after, int order)
    {
        if (order <= 0)
        {
            before.Pass();
        }

        if (order >= 0)
        {
            after.Pass();
        }
    }
}
