namespace Hutch.Disk.Folders.Systems;

/// <summary>
/// Systems whose files are reached by path: the calls under <see cref="PortableFolder"/>, most of them .NET's own. Failures are
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>. Simulated disks for tests override these calls.
/// </summary>
internal abstract class PortableFiles : SystemFiles
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    internal override FolderHandle OpenFolder(string path)
    {
        string full = Path.GetFullPath(path);
        return Status(full, followsLinks: true)?.Type switch
        {
            FileType.Folder => new PortableFolder(this, full),
            null => throw new FileNotFoundException($"Cannot open '{path}': there is no such folder.", path),
            _ => throw new IOException($"Cannot open '{path}': it is not a folder."),
        };
    }

    internal override bool TryClone(SafeFileHandle source, SafeFileHandle destination) => false;

    internal override void SetModified(SafeFileHandle file, long nanoseconds) =>
        File.SetLastWriteTimeUtc(file, Time(nanoseconds));

    /// <summary>Lists names on the disk; the type is null where only <see cref="SystemFiles.Status(string, bool)"/> knows it.</summary>
    internal virtual IEnumerable<(string Name, FileType? Type)> List(string folder) =>
        new System.IO.Enumeration.FileSystemEnumerable<(string, FileType?)>(
            folder,
            static (ref entry) => (entry.FileName.ToString(), TypeOf(ref entry)),
            Everything);

    private static FileType? TypeOf(ref System.IO.Enumeration.FileSystemEntry entry)
    {
        if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return null;
        }

        if (entry.IsDirectory)
        {
            return FileType.Folder;
        }

        return OperatingSystem.IsWindows() ? FileType.File : null; // or a pipe, a socket, a device
    }

    internal virtual void MakeFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>Opens a file so that others may read, write, rename and remove it.</summary>
    internal abstract SafeFileHandle Open(string path, FileMode how, FileAccess access, int mode);

    /// <summary>Renames a file, link or folder, replacing a file or link.</summary>
    internal abstract void Move(string path, string to);

    /// <summary>Removes a file or link.</summary>
    internal virtual void Delete(string path) => File.Delete(path);

    internal virtual void DeleteFolder(string path) => Directory.Delete(path);

    /// <summary>Makes a symbolic link. Callers check that it is there.</summary>
    internal virtual void MakeLink(string path, string target) => File.CreateSymbolicLink(path, target);

    /// <summary>Returns the target of a symbolic link; null when there is no link.</summary>
    internal virtual string? ReadLink(string path) => new FileInfo(path).LinkTarget;

    internal virtual void SetLinkModified(string path, long nanoseconds) => File.SetLastWriteTimeUtc(path, Time(nanoseconds));

    internal abstract void SetFolderMode(string path, int mode);

    internal abstract void SyncFolder(string path);

    private static DateTime Time(long nanoseconds) =>
        DateTime.UnixEpoch.AddTicks((long)Math.Floor(nanoseconds / (decimal)TimeSpan.NanosecondsPerTick));
}
