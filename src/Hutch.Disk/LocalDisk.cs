using System.Runtime.InteropServices;
using Hutch.Disk.Folders;
using Hutch.Disk.Native;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk;

/// <summary>The machine's own file systems. New files and folders belong to their owner only (modes 0600 and 0700).</summary>
public sealed class LocalDisk : IDisk
{
    private const int OwnerOnly = 0x180; // rw-------

    private LocalDisk()
    {
    }

    /// <summary>The only instance: it has no state.</summary>
    public static LocalDisk Instance { get; } = new();

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskAccess access) =>
        new LocalFile(OpenHandle(path, access), path, mayWrite: access != DiskAccess.Read);

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void CreateFolder(string folder) => SmallFile.MakePrivateFolder(folder);

    /// <inheritdoc/>
    public void Rename(string path, string newPath) => File.Move(path, newPath, overwrite: true);

    /// <inheritdoc/>
    public bool TryLink(string path, string newPath)
    {
        if (LibC.Link(path, newPath) == 0)
        {
            return true;
        }

        bool cannot = Marshal.GetLastPInvokeError()
            is LibC.ErrorNotPermitted or LibC.ErrorCrossDevice or LibC.ErrorTooManyLinks or LibC.ErrorNotSupported;
        return cannot ? false : throw LibC.LastError("Cannot link", newPath);
    }

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    /// <remarks>.NET refuses to open a directory, so the C library is asked: open, fsync, close.</remarks>
    public void SyncFolder(string folder)
    {
        int descriptor = LibC.Open(folder, LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw LibC.LastError("Cannot open the folder", folder);
        }

        try
        {
            if (LibC.Sync(descriptor) != 0)
            {
                throw LibC.LastError("Cannot sync the folder", folder);
            }
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }

    /// <inheritdoc/>
    public DiskSpace Space(string folder)
    {
        if (LibC.FileSystem(folder, out LibC.FileSystemStatus status) != 0)
        {
            throw LibC.LastError("Cannot read the free space of", folder);
        }

        (string name, bool network) = FileSystemKinds.Describe(status.Type);
        long block = status.FragmentSize != 0 ? status.FragmentSize : status.BlockSize;
        return new DiskSpace((long)status.BlocksAvailable * block, (long)status.Blocks * block, name, network)
        {
            FreeFiles = status.Files == 0 ? null : (long)status.FilesFree,
        };
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path)
    {
        SafeFileHandle handle = OpenOrCreate(path);
        if (LibC.Lock(handle, LibC.LockExclusive | LibC.LockNonBlocking) != 0)
        {
            handle.Dispose();
            throw new DiskLockedException(path);
        }

        return handle;
    }

    private static SafeFileHandle OpenHandle(string path, DiskAccess access)
    {
        int flags = access switch
        {
            DiskAccess.Read => LibC.ReadOnly,
            DiskAccess.ReadWrite => LibC.ReadWrite,
            DiskAccess.CreateNew => LibC.ReadWrite | LibC.Create | LibC.Exclusive,
            _ => throw new ArgumentOutOfRangeException(nameof(access)),
        };
        return OpenHandle(path, flags);
    }

    private static SafeFileHandle OpenOrCreate(string path) => OpenHandle(path, LibC.ReadWrite | LibC.Create);

    private static SafeFileHandle OpenHandle(string path, int flags)
    {
        int descriptor = LibC.Open(path, flags | LibC.CloseOnExec, OwnerOnly);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LibC.LastError("Cannot open", path);
    }
}
