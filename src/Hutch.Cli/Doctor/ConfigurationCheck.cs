using Hutch.Cli.Configuration;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the configuration can be read, and notes valid but unwise settings.</summary>
internal static class ConfigurationCheck
{
    internal static void Run(Installation installation, DoctorReport report)
    {
        foreach (string problem in installation.Loaded.Problems)
        {
            report.Problem(problem, "Correct it: the server does not start with it. `hutch config check` checks it again.");
        }

        foreach (string unread in installation.Service?.Unread ?? [])
        {
            report.Record(
                $"'{unread}' cannot be read: what it sets for {ServiceUnit.Name} is missing here.",
                "Run the command once more as root: `sudo hutch doctor`.");
        }

        if (installation.Options.Server.PublicUrl is { Scheme: "http", IsLoopback: false } open)
        {
            report.Problem(
                $"'server.publicUrl' is {open}: links in emails lead people to log in over plain HTTP.",
                "Serve HTTPS, or put an HTTPS proxy in front of the server, and change the URL to https://.");
        }
    }
}
