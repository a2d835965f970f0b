using System.Runtime.InteropServices;
using Hutch.Model;

namespace Hutch.Formats.Native;

/// <summary>What a process forbids itself before it touches a foreign file. See setrlimit(2).</summary>
internal static unsafe partial class ProcessLimits
{
    private const int CpuSeconds = 0;
    private const int FileSize = 1;
    private const int DataSize = 2;
    private const int CoreSize = 4;
    private const ulong NoLimit = ulong.MaxValue;
    private const int Self = 0;

    /// <summary>
    /// Limits memory (all private writable memory, ours and the library's), forbids writing files and leaving core dumps.
    /// </summary>
    public static void Apply(long memoryBytes)
    {
        Set(DataSize, (ulong)memoryBytes, (ulong)memoryBytes);
        Set(FileSize, 0, 0);
        Set(CoreSize, 0, 0);
    }

    /// <summary>
    /// From now on this process may use so much more processor time; the kernel ends it when it uses more. The soft limit alone is set,
    /// so that it can be moved on with the next request.
    /// </summary>
    public static void AllowCpuTime(TimeSpan time)
    {
        Usage usage;
        _ = GetUsage(Self, &usage);
        Set(CpuSeconds, (ulong)(usage.UserSeconds + usage.SystemSeconds + 1 + (long)Math.Ceiling(time.TotalSeconds)), NoLimit);
    }

    private static void Set(int resource, ulong soft, ulong hard)
    {
        Limit limit = new() { Soft = soft, Hard = hard };
        if (SetLimit(resource, &limit) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw ErrorCode.Internal.With($"The limit {resource} of the HDF5 reader cannot be set (errno {error}).").ToException();
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetUsage(int who, Usage* usage);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
