namespace Hutch.Disk.Folders;

/// <summary>One name in a folder.</summary>
/// <param name="Name">The name; where it is not UTF-8, a readable stand-in with each wrong byte as <c>\xNN</c>.</param>
/// <param name="IsUtf8">Whether <paramref name="Name"/> is the real name.</param>
public readonly record struct FolderEntry(string Name, bool IsUtf8);

/// <summary>Receives one name of a folder, and returns true to continue.</summary>
/// <param name="name">The bytes of the name.</param>
/// <param name="type">Its type; null if the file system does not tell.</param>
public delegate bool FolderEntryVisitor(ReadOnlySpan<byte> name, FileType? type);
