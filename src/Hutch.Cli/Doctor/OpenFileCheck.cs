using Hutch.Cli.Configuration;
using Hutch.Datasets.Inspection;

namespace Hutch.Cli.Doctor;

/// <summary>
/// Checks that the server may open as many files and connections as it is configured to. A server that runs has a limit of its own.
/// </summary>
internal static class OpenFileCheck
{
    // Databases, libraries, listening sockets, the log.
    private const int Others = 256;
    private const string LineName = "Max open files";

    internal static void Run(Installation installation, DoctorReport report)
    {
        long connections = installation.Options.Api.MaxConnections + installation.Options.S3.MaxConnections;
        long needed = Others + FolderInspection.MaxOpenFiles(installation.Options.Site) + connections;
        if (installation is { Holder: null, IsHidden: false } && Limit("self") is long own && own < needed)
        {
            report.Record(
                $"A process of this user may open {own} files; a server started from here could need {needed}.",
                $"The service of the package has its own limit. In a shell, `ulimit -n {needed}` as root raises it.");
        }
        else if (ProcessOf(installation.Holder) is { } process && Limit(process) is long limit && limit < needed)
        {
            // systemd gives a service less than its unit asks for where it may not give more, as in containers.
            report.Problem(
                $"The server may open {limit} files, but the configured connections and files need {needed}.",
                installation.Service?.MaxOpenFiles is long asked && asked >= needed
                    ? $"{ServiceUnit.Name} asks for {asked}, and the system gave it less. Raise the limit of the container or of the "
                        + "machine, and restart the server; or lower 'api.maxConnections' and 's3.maxConnections'."
                    : $"Set LimitNOFILE={needed} in the unit (`systemctl edit hutch`), or lower 'api.maxConnections' and "
                        + "'s3.maxConnections'.");
        }
    }

    /// <summary>The number of the process in what a server leaves in its lock: <c>process 123 on …</c>.</summary>
    private static string? ProcessOf(string? holder) =>
        holder?.Split(' ') is ["process", var number, ..] && number.All(char.IsAsciiDigit) && File.Exists($"/proc/{number}/limits")
            ? number
            : null;

    // The hard limit: the runtime raises the soft one to it at its start.
    private static long? Limit(string process)
    {
        string? line = File.ReadLines($"/proc/{process}/limits").FirstOrDefault(
            static line => line.StartsWith(LineName, StringComparison.Ordinal));
        string[] words = line?[LineName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long hard) ? hard : null;
    }
}
