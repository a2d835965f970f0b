namespace Hutch.Model;

/// <summary>What a page names: the trees below it, and the blobs of its files. For a reader that gets pages from another site.</summary>
public sealed class PageContents
{
    private readonly TreePage _page;

    private PageContents(TreePage page, IReadOnlyList<TreeRoot> below, IReadOnlyList<NamedBlob> blobs) =>
        (_page, Below, Blobs) = (page, below, blobs);

    /// <summary>The most bytes of a page.</summary>
    public const int MaxBytes = PageLimits.MaxPageBytes;

    /// <summary>Sub-directories, and pages of the level below.</summary>
    public IReadOnlyList<TreeRoot> Below { get; }

    /// <summary>The bytes of its files.</summary>
    public IReadOnlyList<NamedBlob> Blobs { get; }

    /// <summary>Reads a page, and checks every line of it, and that its sums are those that were said of it.</summary>
    /// <param name="bytes">Bytes that have the hash of the page.</param>
    /// <param name="expected">What names the page.</param>
    public static Result<PageContents> Read(ReadOnlyMemory<byte> bytes, TreeRoot expected) => TreePage.Parse(bytes).Then<PageContents>(
        page => page.ContentId == expected.ContentId && page.Files == expected.Files && page.Bytes == expected.Bytes
            ? Of(page)
            : ErrorCode.InvalidBody.With($"Page {expected.Page} does not have the contents that stand above it."));

    /// <summary>Reads a page of this site's own.</summary>
    public static Result<PageContents> Read(ReadOnlyMemory<byte> bytes) => TreePage.Parse(bytes).Then<PageContents>(page => Of(page));

    /// <summary>
    /// What a file or sub-directory is called, the first of several; null for a page of the level below, and what is not here.
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

    private static PageContents Of(TreePage page)
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

/// <param name="Hash">Of a file's bytes.</param>
/// <param name="Size">How many.</param>
public readonly record struct NamedBlob(BlobHash Hash, long Size);
