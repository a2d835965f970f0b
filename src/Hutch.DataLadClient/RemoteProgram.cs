using Hutch.Disk.Folders;

namespace Hutch.DataLadClient;

/// <summary>The program that git-annex starts for the special remote: another name next to <c>hutch</c> on the path.</summary>
public static class RemoteProgram
{
    public const string Name = "git-annex-remote-hutch";

    private const int Executable = 0x1ED;

    /// <summary>Installs it if it is missing; returns the remaining work for the user, or null.</summary>
    /// <param name="program">This program as a command of a shell.</param>
    public static string? Install(Func<string, string?> environment, string program)
    {
        string[] path = (environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (path.Any(static folder => File.Exists(Path.Combine(folder, Name))))
        {
            return null;
        }

        string folder = Path.Combine(environment("HOME") ?? "/", ".local", "bin");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, Name);
        SmallFile.Replace(
            file, Encoding.UTF8.GetBytes($"#!/bin/sh\nexec {program} datalad annex-remote \"$@\"\n"), Executable);
        return path.Contains(folder) ? null : $"export PATH=\"{folder}:$PATH\"";
    }
}
