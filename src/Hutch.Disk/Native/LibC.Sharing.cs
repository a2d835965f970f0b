namespace Hutch.Disk.Native;

/// <summary>Calls by which a process keeps out of the way of others.</summary>
internal static partial class LibC
{
    /// <summary>F_SETSIG: the signal that reports the end of a lease.</summary>
    public const int SetSignal = 10;

    /// <summary>F_SETLEASE.</summary>
    public const int SetLease = 1024;

    /// <summary>F_RDLCK: a lease that only a file without writers can have.</summary>
    public const int LeaseForReading = 0;

    /// <summary>F_UNLCK.</summary>
    public const int LeaseEnd = 2;

    /// <summary>SIGURG, which does nothing unless a program asks for it. The usual SIGIO would end this process.</summary>
    public const int HarmlessSignal = 23;

    private const int OneThread = 0; // PRIO_PROCESS
    private const int OneThreadDisk = 1; // IOPRIO_WHO_PROCESS

    /// <summary>Number of ioprio_set(2), one of those that differ.</summary>
    private static readonly nint SetDiskPriorityNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 30 : 251;

    /// <summary>Sets the priority of one thread for processors, -20 to 19.</summary>
    public static int SetPriority(int thread, int nice) => SetPriority(OneThread, thread, nice);

    /// <summary>Sets the priority of one thread for disks: class and level, as in linux/ioprio.h.</summary>
    public static nint SetDiskPriority(int thread, int priority) =>
        SetDiskPriority(SetDiskPriorityNumber, OneThreadDisk, thread, priority);

    [LibraryImport(Library, EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int kind, int id, int nice);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SetDiskPriority(nint number, nint kind, nint id, nint priority);
}
