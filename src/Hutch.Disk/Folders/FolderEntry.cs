namespace Hutch.Disk.Folders;

/// <param name="Name">The name; if it is not UTF-8, a readable substitute with each invalid byte as <c>\xNN</c>.</param>
/// <param name="IsUtf8">True if <paramref name="Name"/> is the real name.</param>
public readonly record struct FolderEntry(string Name, bool IsUtf8);

/// <param name="type">Its type; null if the file system does not report it.</param>
public delegate bool FolderEntryVisitor(ReadOnlySpan<byte> name, FileType? type);
