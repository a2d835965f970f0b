using System.Collections;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>Starts this program again in its own process: same arguments, same process id, another environment. See execve(2).</summary>
[SupportedOSPlatform("linux")]
public static class ProgramRestart
{
    // The links of proc(5), not the path of the program: that may be another program by now, or the host, as of `dotnet hutch.dll`.
    private const string Program = "/proc/self/exe";
    private const string Arguments = "/proc/self/cmdline";

    /// <summary>
    /// Does not return. All threads end without notice: call it first. Throws <see cref="IOException"/> if the kernel refuses.
    /// </summary>
    /// <param name="changes">Variables to set in addition to the present ones.</param>
    public static unsafe void WithEnvironment(IReadOnlyDictionary<string, string> changes)
    {
        byte[] commandLine = File.ReadAllBytes(Arguments);
        byte[] environment = Encoding.UTF8.GetBytes(string.Concat(Merge(changes).Select(v => $"{v.Key}={v.Value}\0")));
        fixed (byte* arguments = commandLine)
        fixed (byte* variables = environment)
        {
            byte** argumentList = PointersInto(arguments, commandLine), variableList = PointersInto(variables, environment);
            NativeFailure.Check(LibC.Execute(Program, argumentList, variableList), "start this program again");
        }
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> changes)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            merged[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach ((string name, string value) in changes)
        {
            merged[name] = value;
        }

        return merged;
    }

    /// <summary>A pointer to each of the texts, which end with a zero, and null. Freed by the call that replaces the process.</summary>
    private static unsafe byte** PointersInto(byte* texts, byte[] bytes)
    {
        byte** list = (byte**)NativeMemory.Alloc((nuint)bytes.AsSpan().Count((byte)0) + 1, (nuint)sizeof(byte*));
        int count = 0;
        for (int i = 0; i < bytes.Length; i += Array.IndexOf(bytes, (byte)0, i) - i + 1)
        {
            list[count++] = texts + i;
        }

        list[count] = null;
        return list;
    }
}
