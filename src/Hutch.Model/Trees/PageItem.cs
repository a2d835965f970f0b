namespace Hutch.Model;

/// <summary>The fields of a page's line that walks and cuts need.</summary>
internal readonly struct PageItem
{
    public required byte Kind { get; init; }

    public bool Executable { get; init; }

    /// <summary>The part of the page's contentId besides name and kind: blob hash, contentId below, or hash of the target.</summary>
    public BlobHash Content { get; init; }

    public BlobHash Page { get; init; }

    /// <summary>The number of files, links and empty directories at or below it.</summary>
    public long Files { get; init; }

    /// <summary>The bytes of the files at or below it.</summary>
    public long Bytes { get; init; }

    public TreeRoot Below => new(Page, Content, Files, Bytes);

    public static PageItem From(Entry entry) => new()
    {
        Kind = entry.Kind switch
        {
            EntryKind.File => PageItemKind.File,
            EntryKind.SymbolicLink => PageItemKind.Link,
            _ => PageItemKind.EmptyDirectory,
        },
        Executable = entry.Executable,
        Content = entry.Kind == EntryKind.SymbolicLink
            ? BlobHash.Compute(System.Text.Encoding.UTF8.GetBytes(entry.Target ?? "")) : entry.Hash,
        Files = 1,
        Bytes = entry.Size,
    };

    public static PageItem From(byte kind, TreeRoot below) =>
        new() { Kind = kind, Content = below.ContentId, Page = below.Page, Files = below.Files, Bytes = below.Bytes };
}
