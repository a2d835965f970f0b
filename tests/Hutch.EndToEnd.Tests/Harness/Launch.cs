using System.Diagnostics;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>What the tests do with each process of the program that they start. Benchmarks do nothing: they measure it as it is shipped.</summary>
internal static class Launch
{
    /// <summary>
    /// A server of a test is over before code that is compiled once more pays. With these variables, it also does not start itself again to set its own.
    /// </summary>
    private static readonly Dictionary<string, string> ShortLife = new()
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountingDelayMs"] = "5000", // hexadecimal: 20 s
        ["DOTNET_TC_CallCountThreshold"] = "400",
        ["DOTNET_GCgen0size"] = "1000000",
    };

    /// <summary>Chooses the settings of the runtime of a server, unless it lives long.</summary>
    public static void Prepare(ProcessStartInfo server, bool livesLong)
    {
        foreach ((string name, string value) in livesLong ? [] : ShortLife)
        {
            server.Environment[name] = value;
        }
    }

    /// <summary>Its processor time belongs to the class of tests that started it.</summary>
    public static void Started(Process process) => ClassProcessor.Started(process.Id);
}
