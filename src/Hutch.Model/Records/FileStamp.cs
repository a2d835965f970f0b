namespace Hutch.Model.Records;

/// <summary>The file system's attributes of an in-place file. While they are unchanged, the bytes count as unchanged.</summary>
/// <param name="Size">The size in bytes.</param>
/// <param name="ModifiedNanoseconds">The last change of the contents (mtime), in nanoseconds since 1970.</param>
/// <param name="ChangedNanoseconds">
/// The last change of contents or attributes (ctime), which no program can set, in nanoseconds since 1970.
/// </param>
/// <param name="Inode">The inode number; 0 if the file system can renumber its files.</param>
public readonly record struct FileStamp(long Size, long ModifiedNanoseconds, long ChangedNanoseconds, ulong Inode)
{
    public bool Fits(in FileStamp seen) => this == (Inode == 0 ? seen with { Inode = 0 } : seen);
}
