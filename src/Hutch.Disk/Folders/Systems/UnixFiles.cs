using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders.Systems;

/// <summary>macOS and other systems of Unix; Linux too, in tests.</summary>
[UnsupportedOSPlatform("windows")]
internal class UnixFiles : PortableFiles
{
    internal override uint CurrentUser => SystemNative.EffectiveUser();

    internal override FileStatus? Status(string path, bool followsLinks)
    {
        int result = followsLinks
            ? SystemNative.StatusFollowing(path, out SystemNative.FileData data)
            : SystemNative.Status(path, out data);
        return result == 0 ? Read(data)
            : NativeFailure.Number is ErrorNumber.NoEntry or ErrorNumber.NotFolder ? null
            : throw NativeFailure.Last("stat", path);
    }

    internal override FileStatus Status(SafeFileHandle file) => SystemNative.Status(file, out SystemNative.FileData data) == 0
        ? Read(data)
        : throw NativeFailure.Last("look at an open file");

    internal override void SetMode(SafeFileHandle file, int mode) => File.SetUnixFileMode(file, (UnixFileMode)mode);

    internal override bool TryLock(SafeFileHandle file)
    {
        if (SystemNative.Lock(file, SystemNative.LockExclusive | SystemNative.LockNonBlocking) == 0)
        {
            return true;
        }

        return NativeFailure.Number == SystemNative.WouldBlock ? false : throw NativeFailure.Last("lock an open file");
    }

    internal override void Unlock(SafeFileHandle file) => _ = SystemNative.Lock(file, SystemNative.LockRelease);

    // Not by .NET's File.OpenHandle: that follows links, gives new files no mode, and takes a lock of its own.
    internal override SafeFileHandle Open(string path, FileMode how, FileAccess access, int mode)
    {
        int flags = SystemNative.CloseOnExec | SystemNative.NoFollow
            | (access == FileAccess.Read ? 0 : SystemNative.ReadWrite)
            | (how == FileMode.Open ? 0 : SystemNative.Create)
            | (how == FileMode.CreateNew ? SystemNative.Exclusive : 0);
        nint descriptor = SystemNative.Open(path, flags, mode);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw NativeFailure.Last("open", path);
    }

    // Not by .NET's File.Move: that copies to another disk, where half a file would be visible.
    internal override void Move(string path, string to) => NativeFailure.Check(SystemNative.Rename(path, to), "replace", to);

    internal override void SetFolderMode(string path, int mode) => File.SetUnixFileMode(path, (UnixFileMode)mode);

    internal override void SyncFolder(string path)
    {
        using SafeFileHandle folder = Open(path, FileMode.Open, FileAccess.Read, 0);
        NativeFailure.Check(SystemNative.Sync(folder), "sync", path);
    }

    private static FileStatus Read(in SystemNative.FileData data) => new(
        (data.Mode & 0xF000) switch
        {
            0x8000 => FileType.File,
            0x4000 => FileType.Folder,
            0xA000 => FileType.SymbolicLink,
            _ => FileType.Special,
        },
        Links: 1, // not among what the runtime reports
        data.Size,
        FileStatus.Nanoseconds(data.ModifiedSeconds, data.ModifiedNanoseconds),
        FileStatus.Nanoseconds(data.ChangedSeconds, data.ChangedNanoseconds),
        (ulong)data.Inode,
        (ulong)data.Device,
        data.Mode & 0xFFF,
        data.Owner)
    {
        Group = data.Group,
    };
}
