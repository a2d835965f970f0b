namespace Hutch.Model;

/// <summary>
/// The references in a page: the trees below it, and the blobs of its files. For readers that get pages from another site.
/// </summary>
public sealed class PageContents
{
    private readonly TreePage _page;

    private PageContents(TreePage page, IReadOnlyList<TreeRoot> below, IReadOnlyList<NamedBlob> blobs) =>
        (_page, Below, Blobs) = (page, below, blobs);

    public const int MaxBytes = PageLimits.MaxPageBytes;

    /// <summary>The sub-directories, and pages of the level below.</summary>
    public IReadOnlyList<TreeRoot> Below { get; }

    public IReadOnlyList<NamedBlob> Blobs { get; }

    /// <summary>Parses a page, and checks each line and that its sums match the reference to it.</summary>
    /// <param name="bytes">The bytes, which have the hash of the page.</param>
    public static Result<PageContents> Read(ReadOnlyMemory<byte> bytes, TreeRoot expected) => TreePage.Parse(bytes).Then<PageContents>(
        page => page.ContentId == expected.ContentId && page.Files == expected.Files && page.Bytes == expected.Bytes
            ? From(page)
            : ErrorCode.InvalidBody.With($"Page {expected.Page} does not have the contents that stand above it."));

    /// <summary>Parses a page from this site's own storage.</summary>
    public static Result<PageContents> Read(ReadOnlyMemory<byte> bytes) => TreePage.Parse(bytes).Then<PageContents>(page => From(page));

    /// <summary>
    /// The name of a file or sub-directory, the first of several; null for a page of the level below, and if the hash is not in this page.
    /// </summary>
    /// <param name="named">The hash of the file, or of the top page of the sub-directory.</param>
    public string? FindName(BlobHash named)
    {
        for (int i = 0; i < _page.Count; i++)
        {
            PageItem item = _page.Item(i);
            if ((item.Kind == PageItemKind.File && item.Content == named) || (item.Kind == PageItemKind.Directory && item.Page == named))
            {
                return _page.Name(i);
            }
        }

        return null;
    }

    private static PageContents From(TreePage page)
    {
        var below = new List<TreeRoot>();
        var blobs = new List<NamedBlob>();
        for (int i = 0; i < page.Count; i++)
        {
            PageItem item = page.Item(i);
            if (item.Kind == PageItemKind.File)
            {
                blobs.Add(new NamedBlob(item.Content, item.Bytes));
            }
            else if (item.Kind is not (PageItemKind.Link or PageItemKind.EmptyDirectory))
            {
                below.Add(item.Below);
            }
        }

        return new PageContents(page, below, blobs);
    }
}

/// <param name="Hash">The SHA-256 of a file's bytes.</param>
/// <param name="Size">The size in bytes.</param>
public readonly record struct NamedBlob(BlobHash Hash, long Size);
