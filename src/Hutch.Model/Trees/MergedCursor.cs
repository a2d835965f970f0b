namespace Hutch.Model;

/// <summary>Walks the entries of a head: those of the tree and of its overlay, without those that the overlay hides.</summary>
internal sealed class MergedCursor(TreeCursor tree, string treePrefix, OverlayCursor overlay, string prefix)
{
    private bool _fromOverlay;

    public string Path => _fromOverlay ? overlay.Path : tree.Path;

    public Entry Entry => _fromOverlay ? overlay.Entry! : tree.Entry();

    private bool TreeIsInside => tree.IsOnEntry && tree.Path.StartsWith(prefix, StringComparison.Ordinal);

    private bool OverlayIsInside => overlay.IsOnRow && overlay.Path.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Moves to the first entry whose path starts with the prefix and is at or after the given text.</summary>
    public async ValueTask<bool> SeekAsync(string from, CancellationToken cancellationToken)
    {
        string inTree = Utf8Order.Compare(from, treePrefix) <= 0 ? "" : from[treePrefix.Length..];
        await tree.SeekAsync(Encoding.UTF8.GetBytes(inTree), cancellationToken);
        await overlay.SeekAsync(from, cancellationToken);
        return await MergeNextAsync(cancellationToken);
    }

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        if (_fromOverlay)
        {
            await overlay.MoveNextAsync(cancellationToken);
        }
        else
        {
            await tree.MoveNextAsync(cancellationToken);
        }

        return await MergeNextAsync(cancellationToken);
    }

    private async ValueTask<bool> MergeNextAsync(CancellationToken cancellationToken)
    {
        while (OverlayIsInside)
        {
            int order = TreeIsInside ? Utf8Order.Compare(tree.Path, overlay.Path) : 1;
            if (order < 0)
            {
                _fromOverlay = false;
                return true;
            }

            if (order == 0 && overlay.IsBelow)
            {
                await overlay.MoveNextAsync(cancellationToken);
                continue;
            }

            if (order == 0)
            {
                await tree.MoveNextAsync(cancellationToken);
            }

            if (overlay.Entry is not null)
            {
                _fromOverlay = true;
                return true;
            }

            await overlay.MoveNextAsync(cancellationToken);
        }

        _fromOverlay = false;
        return TreeIsInside;
    }
}
