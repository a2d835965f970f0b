using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Hutch.Processing.Runs;

/// <summary>The environment of a run: everything else that matters to repeat it.</summary>
public static class RunEnvironment
{
    public static string Version { get; } =
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>The key for the name of the machine.</summary>
    public const string Machine = "machine";

    /// <summary>Returns the machine, system, runtime and processor.</summary>
    public static IReadOnlyDictionary<string, string> Capture() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Machine] = Environment.MachineName,
        ["system"] = RuntimeInformation.OSDescription,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["processors"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
    };
}
