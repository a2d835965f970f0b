namespace Hutch.Cli.Doctor;

/// <summary>Whether the configuration can be read, and what in it is valid and yet unwise.</summary>
internal static class ConfigurationCheck
{
    internal static void Look(Patient patient, DoctorReport report)
    {
        foreach (string problem in patient.Loaded.Problems)
        {
            report.Problem(problem, "Correct it: the server does not start before. `hutch config check` reads it again.");
        }

        if (patient.Options.Server.PublicUrl is { Scheme: "http", IsLoopback: false } open)
        {
            report.Problem(
                $"'server.publicUrl' is {open}: links in mails lead people to log in over plain HTTP.",
                "Serve HTTPS, or put a proxy with HTTPS before the server, and begin the address with https://.");
        }
    }
}
