using System.Runtime.InteropServices;

namespace Hutch.Model.Records;

/// <summary>The environment of a run: everything else that matters to repeat it.</summary>
public static class RunEnvironment
{
    public const string Machine = "machine";

    public static IReadOnlyDictionary<string, string> Capture() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Machine] = Environment.MachineName,
        ["system"] = RuntimeInformation.OSDescription,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["processors"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
    };
}
