using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Folders;

/// <summary>The C library's calls that work relative to an open folder and never follow a link. Linux, 64 bit.</summary>
internal static partial class FolderNative
{
    internal const int AtFolder = -100;
    internal const int AtNoFollow = 0x100;
    internal const int AtEmptyPath = 0x1000;
    internal const int AtRemoveFolder = 0x200;

    internal const int ReadOnly = 0;
    internal const int WriteOnly = 1;
    internal const int ReadWrite = 2;
    internal const int Create = 0x40;
    internal const int Exclusive = 0x80;
    internal const int CloseOnExec = 0x80000;

    internal const int FollowLink = 0x400;

    internal const int NoEntry = 2;
    internal const int CrossDevice = 18;
    internal const int Exists = 17;
    internal const int NotFolder = 20;
    internal const int IsFolder = 21;
    internal const int NotSupported = 95;
    internal const int NotEmpty = 39;
    internal const int TooManyLinks = 40;
    internal const int WouldBlock = 11;

    internal const uint StatxBasic = 0x7ff;
    internal const int StatxSize = 256;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>O_DIRECTORY: the two architectures number it differently.</summary>
    internal static int Folder => Arm ? 0x4000 : 0x10000;

    /// <summary>O_TMPFILE.</summary>
    internal static int Unnamed => 0x400000 | Folder;

    /// <summary>O_NOFOLLOW.</summary>
    internal static int NoFollow => Arm ? 0x8000 : 0x20000;

    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenAt(int folder, string name, int flags, uint mode);

    [LibraryImport(C, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenAt(FolderHandle folder, string name, int flags, uint mode);

    [LibraryImport(C, EntryPoint = "close")]
    internal static partial int Close(IntPtr descriptor);

    [LibraryImport(C, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeFolder(FolderHandle folder, string name, uint mode);

    [LibraryImport(C, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(FolderHandle folder, string name, int flags);

    [LibraryImport(C, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(FolderHandle from, string fromName, FolderHandle to, string toName);

    [LibraryImport(C, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int HardLink(int fromFolder, string from, FolderHandle to, string name, int flags);

    [LibraryImport(C, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int HardLink(SafeFileHandle fromFile, string from, FolderHandle to, string name, int flags);

    [LibraryImport(C, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SymbolicLink(string target, FolderHandle folder, string name);

    [LibraryImport(C, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadLink(FolderHandle folder, string name, Span<byte> buffer, nint length);

    [LibraryImport(C, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(FolderHandle folder, string name, int flags, uint mask, Span<byte> buffer);

    [LibraryImport(C, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(SafeFileHandle file, string name, int flags, uint mask, Span<byte> buffer);

    [LibraryImport(C, EntryPoint = "futimens", SetLastError = true)]
    internal static partial int SetTimes(SafeFileHandle file, ReadOnlySpan<long> accessAndModified);

    [LibraryImport(C, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetTimes(FolderHandle folder, string name, ReadOnlySpan<long> accessAndModified, int flags);

    [LibraryImport(C, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport(C, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(FolderHandle folder, uint mode);

    [LibraryImport(C, EntryPoint = "getdents64", SetLastError = true)]
    internal static partial nint ReadEntries(FolderHandle folder, Span<byte> buffer, nint length);

    [LibraryImport(C, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(FolderHandle folder, long offset, int whence);

    [LibraryImport(C, EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport(C, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(FolderHandle folder);
}
