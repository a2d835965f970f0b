using System.Runtime.InteropServices;

namespace Hutch.Disk.Native;

/// <summary>The calls of the C library that .NET has no word for. Linux on 64 bits; numbers are those of the kernel's headers.</summary>
internal static partial class LibC
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Direct = 0x4000;
    public const int Directory = 0x10000;
    public const int CloseOnExec = 0x80000;

    public const int LockShared = 1;
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

    /// <summary>Flag of a read or write: drop the pages that it brought into memory (RWF_DONTCACHE).</summary>
    public const int DoNotCache = 0x80;

    /// <summary>
    /// Number of the system call that says which pages of a file are in memory (cachestat, Linux 6.5); the C library has no name for it.
    /// </summary>
    public const nint CacheStatusNumber = 451;

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

    [LibraryImport("libc", EntryPoint = "preadv2")]
    public static unsafe partial nint ReadVector(SafeHandle descriptor, Buffer* buffers, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "pwritev2")]
    public static unsafe partial nint WriteVector(SafeHandle descriptor, Buffer* buffers, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial nint CacheStatus(nint number, SafeHandle descriptor, in CacheRange range, out CachedPages pages, uint flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeHandle descriptor, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int FileSystem(string path, out FileSystemStatus status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>With zeros in the buffer it changes nothing, and returns what is known of the clock.</summary>
    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    public static partial int AdjustTime(Span<byte> clock);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly unsafe struct Buffer(void* start, int length)
    {
        public readonly void* Start = start;
        public readonly nint Length = length;
    }

    /// <summary><c>struct cachestat_range</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct CacheRange(ulong offset, ulong length)
    {
        public readonly ulong Offset = offset;
        public readonly ulong Length = length;
    }

    /// <summary><c>struct cachestat</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CachedPages
    {
        public ulong Cached;
        public ulong Dirty;
        public ulong Writeback;
        public ulong Evicted;
        public ulong RecentlyEvicted;
    }

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
