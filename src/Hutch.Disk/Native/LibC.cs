using System.Runtime.InteropServices;

namespace Hutch.Disk.Native;

/// <summary>The calls of the C library that .NET has no word for. Linux on 64 bits; numbers are those of the kernel's headers.</summary>
internal static partial class LibC
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Directory = 0x10000;
    public const int CloseOnExec = 0x80000;

    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    public const int ErrorNotPermitted = 1;
    public const int ErrorInterrupted = 4;
    public const int ErrorWouldBlock = 11;
    public const int ErrorCrossDevice = 18;
    public const int ErrorInvalid = 22;
    public const int ErrorNoSpace = 28;
    public const int ErrorTooManyLinks = 31;
    public const int ErrorNotSupported = 95;
    public const int ErrorQuota = 122;

    /// <summary>ioctl number that makes one file share the blocks of another (reflink).</summary>
    public const nuint FileClone = 0x40049409;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(SafeHandle descriptor);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Link(string path, string newPath);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeHandle descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeHandle descriptor, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeHandle descriptor, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int FileSystem(string path, out FileSystemStatus status);

    /// <summary><c>struct statfs</c> of 64-bit Linux, with the spare words at its end.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FileSystemStatus
    {
        public long Type;
        public long BlockSize;
        public ulong Blocks;
        public ulong BlocksFree;
        public ulong BlocksAvailable;
        public ulong Files;
        public ulong FilesFree;
        public long Id;
        public long NameLength;
        public long FragmentSize;
        public long Flags;
        public long Spare0;
        public long Spare1;
        public long Spare2;
        public long Spare3;
    }

    /// <summary>The exception for the error number of the last call.</summary>
    public static Exception LastError(string doing, string path)
    {
        int number = Marshal.GetLastPInvokeError();
        string message = $"{doing} '{path}': {Marshal.GetPInvokeErrorMessage(number)} (error {number}).";
        return number switch
        {
            ErrorNoSpace or ErrorQuota => new DiskFullException(path),
            1 or 13 => new UnauthorizedAccessException(message),
            2 => new FileNotFoundException(message, path),
            _ => new IOException(message, number),
        };
    }
}
