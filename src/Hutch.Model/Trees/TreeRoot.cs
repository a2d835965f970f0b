namespace Hutch.Model;

/// <summary>A fixed tree: the page at its top and what lies below it. Two trees with the same page hold exactly the same entries.</summary>
/// <param name="Page">The hash of the top page; it covers every field of every entry.</param>
/// <param name="ContentId">
/// The hash of the reduced entries: equal when names, kinds, executable bits and bytes are, whatever the times and metadata.
/// </param>
/// <param name="Files">How many files, links and empty directories there are.</param>
/// <param name="Bytes">The sizes of all files together.</param>
public readonly record struct TreeRoot(BlobHash Page, BlobHash ContentId, long Files, long Bytes)
{
    /// <summary>The tree without entries. Its page is <see cref="EmptyPage"/>.</summary>
    public static TreeRoot Empty { get; }

    /// <summary>The page of the tree without entries; a tree that became empty writes it like any other page.</summary>
    public static ReadOnlyMemory<byte> EmptyPage { get; }

    /// <summary>Whether the tree has no entries.</summary>
    public bool IsEmpty => Files == 0;

    static TreeRoot()
    {
        BuiltPage page = new PageBuilder(0, PageLimits.Standard).Finish();
        EmptyPage = page.Bytes;
        Empty = page.Root;
    }
}
