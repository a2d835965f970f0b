using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hutch.Bench;

/// <summary>A line about the machine: a ratio says little without it.</summary>
internal static class Machine
{
    /// <summary>Prints it.</summary>
    public static void Report()
    {
        string model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) ?? "unknown";
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        string load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        Console.WriteLine($"machine: {model[(model.IndexOf(':') + 1)..].Trim()}, {Environment.ProcessorCount} cores, {bits}-bit vectors, load {load}, {RuntimeInformation.FrameworkDescription}");
    }
}
