namespace Hutch.Model;

/// <summary>A fixed tree, by its top page. Two trees with the same page have exactly the same entries.</summary>
/// <param name="Page">The hash of the top page; it covers every field of every entry.</param>
/// <param name="ContentId">
/// The hash of the reduced entries. It is equal if names, kinds, executable bits and bytes are equal, regardless of times and metadata.
/// </param>
/// <param name="Files">The number of files, links and empty directories.</param>
public readonly record struct TreeRoot(BlobHash Page, BlobHash ContentId, long Files, long Bytes)
{
    /// <summary>The tree without entries. Its page is <see cref="EmptyPage"/>.</summary>
    public static TreeRoot Empty { get; }

    /// <summary>The page of the tree without entries; a tree that becomes empty writes it like any other page.</summary>
    public static ReadOnlyMemory<byte> EmptyPage { get; }

    public bool IsEmpty => Files == 0;

    static TreeRoot()
    {
        BuiltPage page = new PageBuilder(0, PageLimits.Standard).Finish();
        EmptyPage = page.Bytes;
        Empty = page.Root;
    }
}
