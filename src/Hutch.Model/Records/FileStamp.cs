namespace Hutch.Model.Records;

/// <summary>
/// What a file system says of a file whose bytes stay where they are: as long as it says the same, they are taken to be the same.
/// </summary>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">Last change of the contents (mtime), nanoseconds since 1970.</param>
/// <param name="ChangedNanoseconds">
/// Last change of contents or attributes (ctime), which no program can set, nanoseconds since 1970.
/// </param>
/// <param name="Inode">Number of the inode; 0 where the file system may number its files anew.</param>
public readonly record struct FileStamp(long Size, long ModifiedNanoseconds, long ChangedNanoseconds, ulong Inode)
{
    /// <summary>Whether this, which was registered, is the file that is seen now.</summary>
    public bool Fits(in FileStamp seen) => this == (Inode == 0 ? seen with { Inode = 0 } : seen);
}
