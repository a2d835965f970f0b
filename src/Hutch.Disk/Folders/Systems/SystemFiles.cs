namespace Hutch.Disk.Folders.Systems;

/// <summary>
/// The file operations that each operating system has in its own way: all that the client needs beyond <see cref="File"/> and
/// <see cref="RandomAccess"/>. Thread-safe.
/// </summary>
internal abstract class SystemFiles
{
    /// <summary>Name of the switch that takes the portable implementation on Linux too, for tests of what other systems run.</summary>
    internal const string PortableSwitch = "Hutch.Disk.IsPortable";

    /// <summary>The implementation in use. Only tests replace it, before anything else runs.</summary>
    internal static SystemFiles Here { get; set; } = Choose();

    /// <summary>The number of the user that this process works as; 0 on systems that number no users.</summary>
    internal abstract uint CurrentUser { get; }

    /// <summary>Opens a folder by path; links in this path are followed.</summary>
    internal abstract FolderHandle OpenFolder(string path);

    /// <summary>Returns the status of a path; null if there is nothing.</summary>
    internal abstract FileStatus? Status(string path, bool followsLinks);

    internal abstract FileStatus Status(SafeFileHandle file);

    internal abstract void SetModified(SafeFileHandle file, long nanoseconds);

    internal abstract void SetMode(SafeFileHandle file, int mode);

    /// <summary>Takes the lock of an open file. False when another open file has it.</summary>
    internal abstract bool TryLock(SafeFileHandle file);

    internal abstract void Unlock(SafeFileHandle file);

    /// <summary>Returns true if a process has an open file open for writing; null where the system does not say.</summary>
    internal virtual bool? HasWriters(SafeFileHandle file) => null;

    /// <summary>Makes an empty file share the blocks of another. False, with nothing written, where that cannot be done.</summary>
    internal abstract bool TryClone(SafeFileHandle source, SafeFileHandle destination);

    /// <summary>True if <see cref="NameOnDisk"/> changes names.</summary>
    internal virtual bool HasStandIns => false;

    /// <summary>Returns the name that a file of a dataset has on the disk, which differs where the system forbids the first.</summary>
    internal virtual string NameOnDisk(string name) => name;

    /// <summary>Returns the name of a file in a dataset for its name on the disk.</summary>
    internal virtual string NameOf(string nameOnDisk) => nameOnDisk;

    private static SystemFiles Choose()
    {
        if (OperatingSystem.IsLinux() && !(AppContext.TryGetSwitch(PortableSwitch, out bool isPortable) && isPortable))
        {
            return new LinuxFiles();
        }

        return OperatingSystem.IsWindows() ? new WindowsFiles() : new UnixFiles();
    }
}
