namespace Hutch.Disk;

/// <param name="FreeBytes">Bytes an ordinary user may still take.</param>
/// <param name="TotalBytes">Size of the file system in bytes.</param>
/// <param name="FileSystem">Its kind, such as <c>ext4</c> or <c>nfs</c>; a hexadecimal number when the kind has no name here.</param>
/// <param name="IsNetwork">True if it is, or may be, a network file system, whose locks and syncs cannot be trusted.</param>
public readonly record struct DiskSpace(long FreeBytes, long TotalBytes, string FileSystem, bool IsNetwork)
{
    /// <summary>Files that may still be made; null when the file system does not count them.</summary>
    public long? FreeFiles { get; init; }
}
