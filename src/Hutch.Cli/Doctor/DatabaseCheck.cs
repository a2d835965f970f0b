using Hutch.Datasets.Inspection;

namespace Hutch.Cli.Doctor;

/// <summary>Whether the databases are whole and known.</summary>
internal static class DatabaseCheck
{
    private const string ZoneAdvice =
        "It holds accounts and rights, which are nowhere else. "
        + "Stop the server and put the newest of zone-copies/, or of a backup, in its place.";

    private const string SiteAdvice =
        "It is made of the segments: stop the server, remove it, and start; or `hutch rebuild`. Nothing is lost.";

    internal static void Look(Patient patient, DoctorReport report)
    {
        if (patient.IsOwn)
        {
            Tell(patient.Inspection.Database(FolderInspection.ZoneFile), ZoneAdvice, report);
            Tell(patient.Inspection.Database(FolderInspection.SiteFile), SiteAdvice, report);
        }
    }

    private static void Tell(InspectedDatabase found, string advice, DoctorReport report)
    {
        switch (found.State)
        {
            case DatabaseState.Missing:
                report.Problem($"There is no {found.Name}.", advice);
                break;
            case DatabaseState.NotStoppedInOrder:
                report.Note(
                    $"The server was not stopped in order: what was written last stands beside {found.Name}, which was not looked at.",
                    "Start the server: it puts that right, and stops in order later.");
                break;
            case DatabaseState.Looked when found.Damage.Count > 0:
                report.Problem($"{found.Name} is damaged: {string.Join("; ", found.Damage.Take(3))}", advice);
                break;
            case DatabaseState.Looked when found.Schema > found.Known:
                report.Problem(
                    $"{found.Name} has schema {found.Schema}, and this program knows up to {found.Known}: a newer one wrote it.",
                    "Install that version again.");
                break;
        }
    }
}
