namespace Hutch.Model;

/// <summary>Walks the pages of a tree from the top, each level in order.</summary>
internal sealed class PageWalker(PageLoader loader, ITreeVisitor visitor)
{
    public async ValueTask VisitAsync(TreeRoot root, CancellationToken cancellationToken)
    {
        var waiting = new Stack<TreeRoot>();
        waiting.Push(root);
        while (waiting.TryPop(out TreeRoot next))
        {
            // The empty tree needs no page in the store: a dataset without entries may never have written one.
            if (visitor.EnterPage(next.Page) && !next.IsEmpty)
            {
                Visit(await loader.LoadTopAsync(next, cancellationToken), waiting);
            }
        }
    }

    private void Visit(TreePage page, Stack<TreeRoot> waiting)
    {
        for (int i = page.Count - 1; i >= 0; i--)
        {
            PageItem item = page.Item(i);
            if (item.Kind == PageItemKind.File)
            {
                visitor.VisitBlob(item.Content, item.Bytes);
            }
            else if (item.Kind is not (PageItemKind.Link or PageItemKind.EmptyDirectory))
            {
                waiting.Push(item.Below);
            }
        }
    }
}
