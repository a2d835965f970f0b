using System.Diagnostics;

namespace Hutch.Bench;

/// <summary>What benchmarks do with each process of the program that they start: nothing, since they measure it as it is shipped.</summary>
internal static class Launch
{
    public static void Prepare(ProcessStartInfo server, bool livesLong) => _ = (server, livesLong);

    public static void Started(Process process) => _ = process;
}
