namespace Hutch.Mount.Trees;

/// <summary>A file, link or folder of a dataset. Two with equal facts have the same bytes.</summary>
/// <param name="Hash">The hash of a file; null for one that the server has not hashed, or makes on reading.</param>
/// <param name="Target">The target of a link.</param>
internal readonly record struct EntryFacts(
    EntryType Type, BlobHash? Hash, long Size, long ModifiedNanoseconds, bool Executable, string? Target)
{
    internal static EntryFacts Folder { get; } = new(EntryType.Folder, null, 0, 0, Executable: false, null);

    internal static EntryFacts From(EntryInfo entry) => new(
        entry.Kind switch
        {
            EntryKinds.Link => EntryType.Link,
            EntryKinds.Directory => EntryType.Folder,
            _ => EntryType.File,
        },
        entry.Hash,
        entry.Kind == EntryKinds.Link ? Encoding.UTF8.GetByteCount(entry.Target ?? "") : entry.Size ?? 0,
        entry.Modified ?? 0,
        entry.Executable == true,
        entry.Target);
}

/// <summary>The type of an entry.</summary>
internal enum EntryType : byte
{
    Folder,
    File,
    Link,
}
