namespace Hutch.Model;

/// <summary>One page of a listing.</summary>
/// <param name="Items">Entries and common prefixes together, in byte order.</param>
/// <param name="IsTruncated">Whether more follows: list again after the last item's path.</param>
public sealed record Listing(IReadOnlyList<ListItem> Items, bool IsTruncated)
{
    /// <summary>The <see cref="ListQuery.After"/> of the next page, or null at the end.</summary>
    public string? Next => IsTruncated ? Items[^1].Path : null;
}

/// <summary>One line of a listing.</summary>
/// <param name="Path">The path of an entry, or a common prefix with its slash behind it.</param>
/// <param name="Entry">The entry; null for a common prefix.</param>
public readonly record struct ListItem(string Path, Entry? Entry)
{
    /// <summary>Whether this is a common prefix: everything below a directory.</summary>
    public bool IsCommonPrefix => Entry is null;

    /// <summary>
    /// Whether the file is made when it is read: the hash of its entry then names this version of it, and is not that of its bytes.
    /// </summary>
    public bool IsVirtual { get; init; }
}
