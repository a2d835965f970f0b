using Hutch.Datasets.Inspection;
using Hutch.Datasets.Upkeep;

namespace Hutch.Cli.Doctor;

internal static class DatabaseCheck
{
    private const string SiteAdvice =
        "It can be rebuilt from the segments: stop the server and run `hutch rebuild`. Nothing is lost.";

    private const string ServerAdvice =
        "It is a view of the log in PostgreSQL: stop the server, move the file away and start it again. Nothing is lost.";

    internal static void Run(Installation installation, DoctorReport report)
    {
        if (installation.IsOwn && installation.IsServer)
        {
            Report(installation.Inspection.Database(FolderInspection.SiteFile), ServerAdvice, report);
        }
        else if (installation.IsOwn)
        {
            InspectedDatabase zone = installation.Inspection.Database(FolderInspection.ZoneFile);
            ReportIdentities(installation, zone, report);
            Report(
                zone,
                $"It holds accounts and rights, which are stored nowhere else. {installation.Inspection.WayBackOfZone()}",
                report);
            Report(installation.Inspection.Database(FolderInspection.SiteFile), SiteAdvice, report);
        }
    }

    private static void ReportIdentities(Installation installation, InspectedDatabase zone, DoctorReport report)
    {
        if (zone.State != DatabaseState.Looked || zone.Damage.Count > 0)
        {
            return;
        }

        foreach (string link in installation.Inspection.DoubtfulIdentities())
        {
            report.Problem(
                $"An earlier release has linked an account by a name that it changed until it fitted: {link}.", DoubtfulLinks.Advice);
        }
    }

    private static void Report(InspectedDatabase found, string advice, DoctorReport report)
    {
        switch (found.State)
        {
            case DatabaseState.Missing:
                report.Problem($"{found.Name} is missing.", advice);
                break;
            case var _ when found.Damage.Count > 0:
                report.Problem($"{found.Name} is damaged: {string.Join("; ", found.Damage.Take(3))}", advice);
                break;
            case DatabaseState.NotStoppedInOrder:
                report.Record(
                    $"The server did not shut down cleanly. {found.Name} was not checked: "
                    + "its last writes are still in the WAL beside it.",
                    "Start the server: it recovers them. Stop it before you run this command again.");
                break;
            case DatabaseState.Looked when found.Schema > found.Known:
                report.Problem(
                    $"{found.Name} has schema {found.Schema}, but this version knows only up to {found.Known}: a newer version wrote it.",
                    "Install that version.");
                break;
        }
    }
}
