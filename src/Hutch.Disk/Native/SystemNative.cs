using System.Runtime.Versioning;

namespace Hutch.Disk.Native;

/// <summary>
/// The one binding of .NET's own library of Unix calls (src/native/libs/System.Native), for what its public classes leave out: inode
/// numbers, times of change, and locks. It hides the layouts and numbers that macOS and Linux have in their own ways, so that tests on
/// Linux run what macOS runs. It is part of the runtime that a program contains, whose version the build fixes.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static partial class SystemNative
{
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int LockRelease = 8;

    // PAL_O_…: flags of open(2), the same on all systems here.
    public const int ReadWrite = 2;
    public const int CloseOnExec = 0x10;
    public const int Create = 0x20;
    public const int Exclusive = 0x40;
    public const int NoFollow = 0x200;

    /// <summary>EWOULDBLOCK, as the system numbers it.</summary>
    public static int WouldBlock => OperatingSystem.IsLinux() ? ErrorNumber.WouldBlock : 35;

    private const string Library = "libSystem.Native";

    [LibraryImport(Library, EntryPoint = "SystemNative_FStat", SetLastError = true)]
    public static partial int Status(SafeFileHandle file, out FileData data);

    [LibraryImport(Library, EntryPoint = "SystemNative_Stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatusFollowing(string path, out FileData data);

    [LibraryImport(Library, EntryPoint = "SystemNative_LStat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(string path, out FileData data);

    [LibraryImport(Library, EntryPoint = "SystemNative_FLock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport(Library, EntryPoint = "SystemNative_Open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Open(string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "SystemNative_Rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string path, string to);

    [LibraryImport(Library, EntryPoint = "SystemNative_FSync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetEUid")]
    public static partial uint EffectiveUser();

    /// <summary><c>FileStatus</c> of pal_io.h. Its end is longer than today's, for a runtime that adds to it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct FileData
    {
        public int Flags;
        public int Mode;
        public uint Owner;
        public uint Group;
        public long Size;
        public long AccessSeconds;
        public long AccessNanoseconds;
        public long ModifiedSeconds;
        public long ModifiedNanoseconds;
        public long ChangedSeconds;
        public long ChangedNanoseconds;
        public long BirthSeconds;
        public long BirthNanoseconds;
        public long Device;
        public long SpecialDevice;
        public long Inode;
        public fixed long Rest[16];
    }
}
