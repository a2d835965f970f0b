namespace Hutch.Model;

/// <summary>Reads pages, and checks each against the reference in the page above it.</summary>
internal sealed class PageLoader(IPageSource source, PageCache cache, PageLimits limits)
{
    public PageLimits Limits => limits;

    public ValueTask<TreePage> LoadTopAsync(TreeRoot root, CancellationToken cancellationToken) => LoadAsync(root, cancellationToken);

    public async ValueTask<TreePage> LoadChildAsync(TreePage parent, int index, CancellationToken cancellationToken)
    {
        TreeRoot root = parent.Below(index);
        TreePage page = await LoadAsync(root, cancellationToken);
        if (page.Level != parent.Level - 1 || !page.LastKey.SequenceEqual(parent.Key(index)))
        {
            throw Damaged(root.Page, "its level or its last entry is not what the page above it says");
        }

        if (index > 0 && page.Key(0).SequenceCompareTo(parent.Key(index - 1)) <= 0)
        {
            throw Damaged(root.Page, "it starts before the page in front of it ends");
        }

        return page;
    }

    public static HutchException Damaged(BlobHash page, string fault) =>
        ErrorCode.Quarantined.With($"Page {page} of a tree is damaged: {fault}.", "page", page.ToString()).ToException();

    private async ValueTask<TreePage> LoadAsync(TreeRoot root, CancellationToken cancellationToken)
    {
        TreePage? page = cache.Find(root.Page);
        if (page is null)
        {
            ReadOnlyMemory<byte> bytes = await source.ReadPageAsync(root.Page, cancellationToken);
            if (!new PageParser(bytes, limits).Parse().TryGet(out page, out HutchError? error))
            {
                throw ErrorCode.Quarantined.With(
                    $"Page {root.Page} of a tree is damaged. {error.Message}", "page", root.Page.ToString()).ToException();
            }

            cache.Add(root.Page, page);
        }

        return page.ContentId == root.ContentId && page.Files == root.Files && page.Bytes == root.Bytes
            ? page
            : throw Damaged(root.Page, "its contentId or its sums differ from those above it");
    }
}
