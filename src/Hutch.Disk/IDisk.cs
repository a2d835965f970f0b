namespace Hutch.Disk;

/// <summary>
/// The one seam between Hutch and a file system. <see cref="LocalDisk"/> is the real one, <c>FaultyDisk</c> its faulty twin for tests;
/// both pass the same conformance suite.
/// </summary>
/// <remarks>
/// Every call blocks until the operating system has answered. Paths are absolute. Implementations are thread-safe. Durable are: bytes of a
/// file after <see cref="IDiskFile.Sync"/>; the existence, name and absence of a file after <see cref="SyncFolder"/> of the folder that
/// holds it. Nothing else is, and in no order. Failures are <see cref="IOException"/> (<see cref="DiskFullException"/> when there is no
/// space), or the runtime's <see cref="UnauthorizedAccessException"/>.
/// </remarks>
public interface IDisk
{
    /// <summary>Opens a file. <see cref="DiskAccess.CreateNew"/> fails when the name is taken; the other two when it is not.</summary>
    IDiskFile Open(string path, DiskAccess access);

    bool FileExists(string path);

    /// <summary>The names (without folder) of the files in a folder, in ordinal order; empty when there is no such folder.</summary>
    IReadOnlyList<string> ListFiles(string folder);

    /// <summary>Makes a missing folder, and those above, for its owner alone. Not durable before the parents are synced.</summary>
    void CreateFolder(string folder);

    /// <summary>
    /// Gives a file another name in the same folder, replacing what had that name: readers see the old or the new file, nothing between.
    /// </summary>
    void Rename(string path, string newPath);

    /// <summary>
    /// Gives a file a second name, under which the same bytes are: a hard link. Returns false, with nothing changed, when the file system
    /// cannot or the two are on different ones. Fails when the new name is taken.
    /// </summary>
    bool TryLink(string path, string newPath) => false;

    /// <summary>Removes a file's name. Open handles stay valid. Does nothing if there is no such file.</summary>
    void Delete(string path);

    /// <summary>Makes names created, renamed and removed in this folder durable.</summary>
    void SyncFolder(string folder);

    /// <summary>Space and kind of the file system that holds a folder.</summary>
    DiskSpace Space(string folder);

    /// <summary>
    /// Takes the exclusive lock of a file until the result is disposed or the process ends, however it ends. Throws
    /// <see cref="DiskLockedException"/> if another process holds it. The file's content is not touched.
    /// </summary>
    /// <param name="path">The file; created if missing. It must not be replaced while it is locked.</param>
    IDisposable Lock(string path);
}
