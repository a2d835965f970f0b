using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hutch.Agent.Tests.Writing;

/// <summary>
/// Calls of the kernel that fail as on file systems that do not have them: for one thread, by a filter (seccomp) that lasts as long as it.
/// </summary>
internal static class LimitedCalls
{
    private const int NoNewPrivileges = 38;
    private const int Filtering = 22;
    private const uint Allow = 0x7fff0000;
    private const uint Fail = 0x00050000;
    private const uint NotPermitted = 1;
    private const uint Invalid = 22;

    /// <summary>Does something on a file system of few calls.</summary>
    /// <param name="canRename">Whether a name can be given only if it is free, or two can be exchanged (NFS: no).</param>
    /// <param name="canLink">Whether it has hard links.</param>
    /// <param name="action">Is done.</param>
    public static void Run(bool canRename, bool canLink, Action action) => Run(canRename, canLink, () =>
    {
        action();
        return true;
    });

    /// <inheritdoc cref="Run(bool, bool, Action)"/>
    public static T Run<T>(bool canRename, bool canLink, Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Limit(canRename, canLink);
                result = action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void Limit(bool canRename, bool canLink)
    {
        (uint renameWithFlags, uint link) = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (276u, 37u) : (316u, 265u);
        long[] filter =
        [
            Load(0), // the number of the call
            Compare(renameWithFlags, 0, 2),
            Load(48), // its flags
            Compare(0, 1, canRename ? 1 : 2),
            Compare(link, canLink ? 0 : 2, 0),
            Return(Allow),
            Return(Fail | Invalid),
            Return(Fail | NotPermitted),
        ];
        nint memory = Marshal.AllocHGlobal(filter.Length * sizeof(long));
        try
        {
            Marshal.Copy(filter, 0, memory, filter.Length);
            var program = new FilterProgram { Length = (ushort)filter.Length, Filter = memory };
            if (Control(NoNewPrivileges, 1, 0, 0, 0) != 0 || SetFilter(Filtering, 2, ref program) != 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    // struct sock_filter { u16 code; u8 ifTrue; u8 ifFalse; u32 value; }: the two say how many steps are left out.
    private static long Step(ushort code, uint value, int ifTrue = 0, int ifFalse = 0) =>
        code | ((long)ifTrue << 16) | ((long)ifFalse << 24) | ((long)value << 32);

    private static long Load(uint offset) => Step(0x20, offset);

    private static long Compare(uint value, int ifTrue, int ifFalse) => Step(0x15, value, ifTrue, ifFalse);

    private static long Return(uint action) => Step(0x06, action);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static extern int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static extern int SetFilter(int option, nuint mode, ref FilterProgram program);

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public nint Filter;
    }
}
