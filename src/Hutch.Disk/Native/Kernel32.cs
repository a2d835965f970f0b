using System.Runtime.Versioning;

namespace Hutch.Disk.Native;

/// <summary>The one binding of Windows' kernel32: the file calls that .NET has no word for. The same on x64 and arm64.</summary>
[SupportedOSPlatform("windows")]
internal static partial class Kernel32
{
    public const int FileNotFound = 2;
    public const int PathNotFound = 3;
    public const int LockViolation = 33;
    public const int BadName = 123;
    public const int Pending = 997;

    /// <summary>FILE_READ_ATTRIBUTES: not subject to what other programs share.</summary>
    public const uint ReadAttributes = 0x80;

    /// <summary>FILE_WRITE_ATTRIBUTES.</summary>
    public const uint WriteAttributes = 0x100;

    /// <summary>FILE_SHARE_READ, WRITE and DELETE.</summary>
    public const uint ShareAll = 7;

    public const uint OpenExisting = 3;

    /// <summary>FILE_FLAG_BACKUP_SEMANTICS: folders too.</summary>
    public const uint Folders = 0x02000000;

    /// <summary>FILE_FLAG_OPEN_REPARSE_POINT: a link itself.</summary>
    public const uint LinksThemselves = 0x00200000;

    /// <summary>LOCKFILE_FAIL_IMMEDIATELY and LOCKFILE_EXCLUSIVE_LOCK.</summary>
    public const uint LockExclusiveAtOnce = 3;

    private const string Library = "kernel32";
    private const int BasicInfo = 0;

    [LibraryImport(Library, EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial SafeFileHandle Open(
        string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    /// <summary>Opens an open file once more, with other rights.</summary>
    [LibraryImport(Library, EntryPoint = "ReOpenFile", SetLastError = true)]
    public static partial SafeFileHandle Reopen(SafeFileHandle file, uint access, uint share, uint flags);

    [LibraryImport(Library, EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Information(SafeFileHandle file, out FileInformation information);

    /// <summary>Reads FILE_BASIC_INFO, which alone has the time of the last change of attributes.</summary>
    public static bool Basic(SafeFileHandle file, out BasicInformation information) =>
        Information(file, BasicInfo, out information, Marshal.SizeOf<BasicInformation>());

    [LibraryImport(Library, EntryPoint = "LockFileEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Lock(SafeFileHandle file, uint flags, uint reserved, uint low, uint high, ref Overlapped at);

    [LibraryImport(Library, EntryPoint = "UnlockFileEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Unlock(SafeFileHandle file, uint reserved, uint low, uint high, ref Overlapped at);

    [LibraryImport(Library, EntryPoint = "GetFileInformationByHandleEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Information(SafeFileHandle file, int kind, out BasicInformation information, int size);

    /// <summary><c>BY_HANDLE_FILE_INFORMATION</c>; its times are left to <see cref="BasicInformation"/>.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct FileInformation
    {
        public uint Attributes;
        public long Created;
        public long Accessed;
        public long Written;
        public uint Volume;
        public uint SizeHigh;
        public uint SizeLow;
        public uint Links;
        public uint IndexHigh;
        public uint IndexLow;
    }

    /// <summary><c>FILE_BASIC_INFO</c>: times in 100 ns since 1601.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct BasicInformation
    {
        public long Created;
        public long Accessed;
        public long Written;
        public long Changed;
        public uint Attributes;
    }

    /// <summary><c>OVERLAPPED</c>, where it only says from which byte on.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Overlapped
    {
        public nint Status;
        public nint Transferred;
        public uint Low;
        public uint High;
        public nint Event;
    }
}
