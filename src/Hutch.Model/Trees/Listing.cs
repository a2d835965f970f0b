namespace Hutch.Model;

/// <param name="Items">Entries and common prefixes together, in byte order.</param>
/// <param name="IsTruncated">True if more items follow: list again after the last item's path.</param>
public sealed record Listing(IReadOnlyList<ListItem> Items, bool IsTruncated)
{
    /// <summary>The <see cref="ListQuery.After"/> of the next page; null at the end.</summary>
    public string? Next => IsTruncated ? Items[^1].Path : null;
}

/// <param name="Path">The path of an entry, or a common prefix with its slash.</param>
/// <param name="Entry">The entry; null for a common prefix.</param>
public readonly record struct ListItem(string Path, Entry? Entry)
{
    /// <summary>True for a common prefix: everything below a directory.</summary>
    public bool IsCommonPrefix => Entry is null;

    /// <summary>
    /// True if the file is generated when it is read. The hash of its entry then identifies this version, but is not the hash of its bytes.
    /// </summary>
    public bool IsVirtual { get; init; }
}
