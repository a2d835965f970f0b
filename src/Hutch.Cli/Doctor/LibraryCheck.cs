using Hutch.Datasets.Inspection;
using Hutch.Formats;

namespace Hutch.Cli.Doctor;

/// <summary>The shared libraries that the program needs of the machine.</summary>
internal static class LibraryCheck
{
    internal static void Run(Installation installation, DoctorReport report)
    {
        report.Version("hutch", ClientVersion.Text);
        report.Version(".NET", Environment.Version.ToString());
        try
        {
            report.Version("SQLite", FolderInspection.SqliteVersion());
        }
        catch (IOException e)
        {
            report.Problem(e.Message, "Install it: the server does not start without it.");
        }

        foreach (NativeVersion library in NativeVersion.All())
        {
            if (library.Version is { } version)
            {
                report.Version(library.Name, version);
            }
            else
            {
                report.Problem($"{library.Name} cannot be used: {library.Missing}", "Install it to read detector files and streams.");
            }
        }
    }
}
