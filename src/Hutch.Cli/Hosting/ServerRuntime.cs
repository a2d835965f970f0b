namespace Hutch.Cli.Hosting;

/// <summary>
/// The settings of the .NET runtime for a program that runs for weeks. It reads them once, from the environment, before the program does;
/// those of a verb that is over in a moment are in runtimeconfig.template.json. See docs/decisions/0072-startup-and-tiering.md.
/// </summary>
internal static class ServerRuntime
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["DOTNET_TieredPGO"] = "1",
        ["DOTNET_TC_CallCountingDelayMs"] = "64", // hexadecimal: 100 ms
        ["DOTNET_TC_CallCountThreshold"] = "400", // hexadecimal: 1024 calls
        ["DOTNET_GCgen0size"] = "1000000", // hexadecimal: 16 MiB; else it follows the processor's cache, which may be 100 MB
    };

    /// <summary>
    /// For `hutch serve`: starts the program again with these settings, but for those that the environment has. Costs 40 ms, once.
    /// </summary>
    internal static void Enter(string[] args)
    {
        if (args.FirstOrDefault(a => !a.StartsWith('-')) != "serve")
        {
            return;
        }

        Dictionary<string, string> missing = new(Settings.Where(s => Environment.GetEnvironmentVariable(s.Key) is null));
        if (missing.Count > 0)
        {
            ProgramRestart.WithEnvironment(missing);
        }

        KeepFromChildren();
    }

    // What the server starts, such as the inspection of a file, is over in a moment.
    private static void KeepFromChildren()
    {
        foreach (string name in Settings.Keys)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }
}
