namespace Hutch.Mount.Trees;

/// <summary>A file, link or folder of a dataset. Two with equal facts have the same bytes.</summary>
/// <param name="Hash">The hash of a file; null for one that the server has not hashed, or makes on reading.</param>
/// <param name="Target">The target of a link.</param>
internal readonly record struct EntryFacts(
    EntryType Type, BlobHash? Hash, long Size, long ModifiedNanoseconds, bool Executable, string? Target)
{
    internal static EntryFacts Folder { get; } = new(EntryType.Folder, null, 0, 0, Executable: false, null);

    internal static EntryFacts From(EntryInfo entry) => Of(
        TypeOf(entry.Kind), entry.Hash, entry.Size ?? 0, entry.Modified ?? 0, entry.Executable == true, entry.Target);

    internal static EntryFacts Of(EntryType type, BlobHash? hash, long size, long modified, bool executable, string? target) =>
        new(type, hash, type == EntryType.Link ? Encoding.UTF8.GetByteCount(target ?? "") : size, modified, executable, target);

    internal static EntryType TypeOf(string? kind) => kind switch
    {
        EntryKinds.Link => EntryType.Link,
        EntryKinds.Directory => EntryType.Folder,
        _ => EntryType.File,
    };
}

/// <summary>The type of an entry.</summary>
internal enum EntryType : byte
{
    Folder,
    File,
    Link,
}
