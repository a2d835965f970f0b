using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders.Systems;

/// <summary>Linux, by its own calls.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxFiles : SystemFiles
{
    internal override uint CurrentUser => LibC.EffectiveUser();

    internal override FolderHandle OpenFolder(string path) => LinuxFolder.OpenPath(path);

    internal override FileStatus? Status(string path, bool followsLinks)
    {
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        return LibC.Statx(LibC.AtCurrentFolder, path, followsLinks ? 0 : LibC.AtNoFollow, LibC.StatxBasic, buffer) == 0
            ? FileStatus.Read(buffer)
            : NativeFailure.Number is ErrorNumber.NoEntry or ErrorNumber.NotFolder ? null
            : throw NativeFailure.Last("stat", path);
    }

    internal override FileStatus Status(SafeFileHandle file)
    {
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        return LibC.Statx(file, "", LibC.AtEmptyPath, LibC.StatxBasic, buffer) == 0
            ? FileStatus.Read(buffer)
            : throw NativeFailure.Last("look at an open file");
    }

    internal override void SetModified(SafeFileHandle file, long nanoseconds) =>
        NativeFailure.Check(LibC.SetTimes(file, Times(nanoseconds)), "set the time of an open file");

    internal override void SetMode(SafeFileHandle file, int mode) =>
        NativeFailure.Check(LibC.ChangeMode(file, (uint)mode), "set the permissions of an open file");

    internal override bool TryLock(SafeFileHandle file)
    {
        if (LibC.Lock(file, LibC.LockExclusive | LibC.LockNonBlocking) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.WouldBlock ? false : throw NativeFailure.Last("lock an open file");
    }

    internal override void Unlock(SafeFileHandle file) => _ = LibC.Lock(file, LibC.LockRelease);

    // The kernel gives a lease only on a file without writers, and makes later ones wait until it ends: see fcntl(2).
    internal override bool? HasWriters(SafeFileHandle file)
    {
        if (LibC.DescriptorControl(file, LibC.SetSignal, LibC.HarmlessSignal) != 0)
        {
            return null;
        }

        if (LibC.DescriptorControl(file, LibC.SetLease, LibC.LeaseForReading) == 0)
        {
            _ = LibC.DescriptorControl(file, LibC.SetLease, LibC.LeaseEnd);
            return false;
        }

        return NativeFailure.Number == ErrorNumber.WouldBlock ? true : null;
    }

    internal override bool TryClone(SafeFileHandle source, SafeFileHandle destination) =>
        LibC.Control(destination, LibC.FileClone, source) == 0;

    /// <summary>
    /// Returns <c>struct timespec { i64 seconds; i64 nanoseconds; }</c> for the access (UTIME_NOW) and the modification.
    /// </summary>
    /// <remarks>Version 2 of libfuse (exFAT, among others) ignores a time of modification that comes without one of access.</remarks>
    internal static long[] Times(long nanoseconds)
    {
        const long Now = (1L << 30) - 1;
        (long seconds, long rest) = Math.DivRem(nanoseconds, 1_000_000_000L);
        return rest < 0 ? [0, Now, seconds - 1, rest + 1_000_000_000L] : [0, Now, seconds, rest];
    }
}
