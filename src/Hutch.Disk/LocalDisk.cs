using System.Runtime.Versioning;
using Hutch.Disk.Folders;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>The machine's own file systems. New files and folders belong to their owner only (modes 0600 and 0700).</summary>
[SupportedOSPlatform("linux")]
public sealed class LocalDisk : IDisk
{
    private LocalDisk()
    {
    }

    /// <summary>The only instance: it has no state.</summary>
    public static LocalDisk Instance { get; } = new();

    public IDiskFile Open(string path, DiskAccess access) =>
        new LocalFile(OpenHandle(path, access), path, mayWrite: access != DiskAccess.Read);

    public bool FileExists(string path) => File.Exists(path);

    public IReadOnlyList<string> ListFiles(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        List<string> names = [.. Directory.EnumerateFiles(folder).Select(static path => Path.GetFileName(path))];
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public void CreateFolder(string folder) => SmallFile.MakePrivateFolder(folder);

    public void Rename(string path, string newPath) => File.Move(path, newPath, overwrite: true);

    public bool TryLink(string path, string newPath)
    {
        if (LibC.HardLink(path, newPath) == 0)
        {
            return true;
        }

        bool cannot = NativeFailure.Number
            is ErrorNumber.NotPermitted or ErrorNumber.CrossDevice or ErrorNumber.TooManyNames or ErrorNumber.NotSupported;
        return cannot ? false : throw NativeFailure.Last("link", newPath);
    }

    public void Delete(string path) => File.Delete(path);

    public void SyncFolder(string folder)
    {
        using FolderHandle handle = FolderHandle.Open(folder);
        handle.Sync();
    }

    public DiskSpace Space(string folder)
    {
        NativeFailure.Check(LibC.FileSystem(folder, out LibC.FileSystemStatus status), "read the free space of", folder);
        (string name, bool network) = FileSystemKinds.Describe(status.Type);
        long block = status.FragmentSize != 0 ? status.FragmentSize : status.BlockSize;
        return new DiskSpace((long)status.BlocksAvailable * block, (long)status.Blocks * block, name, network)
        {
            FreeFiles = status.Files == 0 ? null : (long)status.FilesFree,
        };
    }

    public IDisposable Lock(string path)
    {
        SafeFileHandle handle = OpenHandle(path, OpenFlags.ReadWrite | OpenFlags.Create);
        try
        {
            return TryLock(handle, path, LibC.LockExclusive) ? new FileLock(handle) : throw new DiskLockedException(path);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Takes a lock; returns false if it is held. Other failures are an <see cref="IOException"/>.</summary>
    internal static bool TryLock(SafeFileHandle handle, string path, int kind)
    {
        if (LibC.Lock(handle, kind | LibC.LockNonBlocking) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.WouldBlock ? false : throw NativeFailure.Last("lock", path);
    }

    private static SafeFileHandle OpenHandle(string path, DiskAccess access)
    {
        int flags = access switch
        {
            DiskAccess.Read => OpenFlags.ReadOnly,
            DiskAccess.ReadWrite => OpenFlags.ReadWrite,
            DiskAccess.CreateNew => OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive,
            _ => throw new ArgumentOutOfRangeException(nameof(access)),
        };
        return OpenHandle(path, flags);
    }

    // Not opened by the runtime, which takes a lock of its own.
    internal static SafeFileHandle OpenHandle(string path, int flags)
    {
        int descriptor = LibC.OpenAt(LibC.AtCurrentFolder, path, flags | OpenFlags.CloseOnExec, SmallFile.OwnerOnly);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw NativeFailure.Last("open", path);
    }

    /// <summary>
    /// Lets the lock go before it closes the file. A lock belongs to the open file, not to a descriptor of it: a child that was forked in
    /// another thread has a copy of the descriptor until its exec, and would hold the lock that long after us.
    /// </summary>
    private sealed class FileLock(SafeFileHandle handle) : IDisposable
    {
        public void Dispose()
        {
            if (!handle.IsClosed)
            {
                _ = LibC.Lock(handle, LibC.LockRelease);
                handle.Dispose();
            }
        }
    }
}
