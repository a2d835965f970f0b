namespace Hutch.Formats.Native;

/// <summary>The packages with a shared library.</summary>
/// <param name="Debian">The package of Debian and Ubuntu.</param>
/// <param name="Fedora">The package of Fedora, and of RHEL and its rebuilds with EPEL.</param>
internal sealed record NativePackage(string Debian, string Fedora)
{
    private const string OsReleaseFile = "/etc/os-release";

    /// <summary>Says how to install the package on this system.</summary>
    public string HowToInstall() => HowToInstall(File.Exists(OsReleaseFile) ? File.ReadAllLines(OsReleaseFile) : []);

    /// <summary>Says how to install the package on a system with this os-release(5) file.</summary>
    internal string HowToInstall(IReadOnlyList<string> osRelease)
    {
        string[] systems = [.. osRelease
            .Where(static line => line.StartsWith("ID=", StringComparison.Ordinal) || line.StartsWith("ID_LIKE=", StringComparison.Ordinal))
            .SelectMany(static line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim('"', '\'').Split(' '))];
        return systems.Contains("debian") ? $"Install it: `apt-get install {Debian}`."
            : systems.Contains("fedora") || systems.Contains("rhel") ? $"Install it: `dnf install {Fedora}`; on RHEL from EPEL."
            : $"Install the package that has it: {Debian} on Debian, {Fedora} on Fedora.";
    }
}
