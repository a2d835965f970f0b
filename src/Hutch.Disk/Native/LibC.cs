using System.Runtime.Versioning;

namespace Hutch.Disk.Native;

/// <summary>
/// The one binding of the C library: the calls that .NET has no word for. 64-bit Linux. The numbers here are the same on x64 and arm64
/// (asm-generic/fcntl.h, linux/fcntl.h); those that differ are in <see cref="OpenFlags"/>, error numbers in <see cref="ErrorNumber"/>.
/// </summary>
[SupportedOSPlatform("linux")]
internal static partial class LibC
{
    /// <summary>AT_FDCWD: a path relative to the current folder, or an absolute one.</summary>
    public const int AtCurrentFolder = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    public const int AtNoFollow = 0x100;

    /// <summary>AT_REMOVEDIR.</summary>
    public const int AtRemoveFolder = 0x200;

    /// <summary>AT_SYMLINK_FOLLOW.</summary>
    public const int AtFollow = 0x400;

    /// <summary>AT_EMPTY_PATH: the open file itself, and no name in it.</summary>
    public const int AtEmptyPath = 0x1000;

    /// <summary>AT_EACCESS: ask for the rights that this process uses for files.</summary>
    public const int AtEffectiveRights = 0x200;

    /// <summary>AT_STATX_FORCE_SYNC: ask the server of a network file system, whatever is cached here.</summary>
    public const int AtAskServer = 0x2000;

    /// <summary>W_OK.</summary>
    public const int MayWrite = 2;

    /// <summary>R_OK.</summary>
    public const int MayRead = 4;

    /// <summary>RENAME_NOREPLACE: fail when the new name is taken.</summary>
    public const uint RenameNew = 1;

    /// <summary>RENAME_EXCHANGE: the two names change places.</summary>
    public const uint RenameExchange = 2;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int LockRelease = 8;

    /// <summary>STATX_BASIC_STATS.</summary>
    public const uint StatxBasic = 0x7ff;

    /// <summary>Bytes of <c>struct statx</c>.</summary>
    public const int StatxSize = 256;

    /// <summary>POSIX_FADV_DONTNEED: the pages of a range need not stay in memory.</summary>
    public const int NotNeeded = 4;

    /// <summary>Flag of a read or write: drop the pages that it brought into memory (RWF_DONTCACHE).</summary>
    public const int DoNotCache = 0x80;

    /// <summary>
    /// Number of the system call that says which pages of a file are in memory (cachestat, Linux 6.5); the C library has no name for it.
    /// </summary>
    public const nint CacheStatusNumber = 451;

    /// <summary>MFD_CLOEXEC.</summary>
    public const uint MemoryCloseOnExec = 1;

    /// <summary>MFD_ALLOW_SEALING.</summary>
    public const uint MemorySealable = 2;

    /// <summary>F_ADD_SEALS.</summary>
    public const int AddSeals = 1033;

    /// <summary>F_SEAL_SEAL, F_SEAL_SHRINK and F_SEAL_GROW.</summary>
    public const int SealSize = 7;

    /// <summary>F_SEAL_FUTURE_WRITE: present mappings stay writable, and no further one is. Since Linux 5.1.</summary>
    public const int SealFutureWrites = 16;

    /// <summary>MFD_EXEC: also where the system otherwise lets no file in memory be executed (vm.memfd_noexec).</summary>
    public const uint MemoryExecutable = 0x10;

    /// <summary>Number of getdents64(2), one of those that differ (arch/x86/entry/syscalls, include/uapi/asm-generic/unistd.h).</summary>
    private static readonly nint ReadEntriesNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;

    /// <summary>ioctl number that makes one file share the blocks of another (FICLONE).</summary>
    public const nuint FileClone = 0x40049409;

    /// <summary>ioctl number that reads the size of a terminal (TIOCGWINSZ).</summary>
    public const nuint TerminalSize = 0x5413;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int folder, string name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(SafeHandle folder, string name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "mallopt")]
    public static partial int SetAllocatorOption(int option, int value);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(nint descriptor);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeHandle folder);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "posix_fadvise")]
    public static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport(Library, EntryPoint = "preadv2")]
    public static unsafe partial nint ReadVector(SafeFileHandle file, Buffer* buffers, int count, long offset, int flags);

    [LibraryImport(Library, EntryPoint = "pwritev2", SetLastError = true)]
    public static unsafe partial nint WriteVector(SafeFileHandle file, Buffer* buffers, int count, long offset, int flags);

    [LibraryImport(Library, EntryPoint = "syscall")]
    public static partial nint CacheStatus(nint number, SafeFileHandle file, in CacheRange range, out CachedPages pages, uint flags);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, nuint request, SafeFileHandle argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(nint descriptor, nuint request, Span<ushort> argument);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeHandle file, uint mode);

    [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
    public static partial int SetTimes(SafeFileHandle file, ReadOnlySpan<long> accessAndModified);

    [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetTimes(SafeHandle folder, string name, ReadOnlySpan<long> accessAndModified, int flags);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int folder, string name, int flags, uint mask, Span<byte> status);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(SafeHandle fileOrFolder, string name, int flags, uint mask, Span<byte> status);

    [LibraryImport(Library, EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(SafeHandle folder, string name, int rights, int flags);

    [LibraryImport(Library, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileSystem(string path, out FileSystemStatus status);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(SafeHandle folder, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(SafeHandle folder, string name, int flags);

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(SafeHandle from, string fromName, SafeHandle to, string toName);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(SafeHandle from, string fromName, SafeHandle to, string toName, uint flags);

    [LibraryImport(Library, EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeHandle file, uint owner, uint group);

    [LibraryImport(Library, EntryPoint = "flistxattr", SetLastError = true)]
    public static partial nint ListAttributes(SafeHandle file, Span<byte> names, nint size);

    [LibraryImport(Library, EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetAttribute(SafeHandle file, string name, Span<byte> value, nint size);

    [LibraryImport(Library, EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetAttribute(SafeHandle file, string name, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport(Library, EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveAttribute(SafeHandle file, string name);

    [LibraryImport(Library, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int HardLink(string path, string newPath);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int HardLink(int fromFolder, string from, SafeHandle to, string name, int flags);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int HardLink(SafeHandle fromFileOrFolder, string from, SafeHandle to, string name, int flags);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SymbolicLink(string target, SafeHandle folder, string name);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(SafeHandle folder, string name, Span<byte> buffer, nint length);

    /// <summary>The answer is to be freed (<see cref="NativeMemory.Free"/>) when <paramref name="resolved"/> is null.</summary>
    [LibraryImport(Library, EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial byte* RealPath(string path, byte* resolved);

    /// <summary>getdents64(2) by its number: the C library has a name for it only since 2.30.</summary>
    public static nint ReadEntries(SafeHandle folder, Span<byte> buffer, nint length) =>
        ReadEntries(ReadEntriesNumber, folder, buffer, length);

    /// <summary>memfd_create(2).</summary>
    [LibraryImport(Library, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateInMemory(string name, uint flags);

    [LibraryImport(Library, EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int OpenNotifications(int flags);

    [LibraryImport(Library, EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddWatch(SafeHandle notifications, string path, uint mask);

    [LibraryImport(Library, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveWatch(SafeHandle notifications, int watch);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeHandle folder, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint ReadEntries(nint number, SafeHandle folder, Span<byte> buffer, nint length);

    /// <summary>Returns only when it failed.</summary>
    [LibraryImport(Library, EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int Execute(string path, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>Returns the state of the clock. With zeros in the buffer it changes nothing.</summary>
    [LibraryImport(Library, EntryPoint = "adjtimex", SetLastError = true)]
    public static partial int AdjustTime(Span<byte> clock);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport(Library, EntryPoint = "getrusage", SetLastError = true)]
    public static partial int GetUsage(int who, out ResourceUsage usage);

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

    /// <summary><c>struct rlimit</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct ResourceLimit(ulong soft, ulong hard)
    {
        public readonly ulong Soft = soft;
        public readonly ulong Hard = hard;
    }

    /// <summary><c>struct rusage</c>: its times, and room for the rest.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    public struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
