using Hutch.Cli.Output;
using Hutch.Datasets.Inspection;
using Hutch.Disk;

namespace Hutch.Cli.Doctor;

/// <summary>The file system under the data folder: what it promises, and how much is left on it.</summary>
internal static class FileSystemCheck
{
    private const long FewFiles = 1000;
    private const double LittleSpace = 0.05;

    internal static void Look(Patient patient, DoctorReport report)
    {
        DiskSpace space = patient.Disk.Space(patient.Folder);
        LookAtKind(patient, space, report);
        LookAtSpace(patient, space, report);
        if (MountFacts.Of(patient.Folder) is { } mount)
        {
            LookAtMount(mount, report);
        }
    }

    private static void LookAtKind(Patient patient, DiskSpace space, DoctorReport report)
    {
        const string Move = "Move the data folder to a local disk: stop the server, `cp -a`, and name the new place.";
        if (space.IsNetwork && patient.Options.Server.AllowNetworkFileSystem)
        {
            report.Note(
                $"The folder is on a network file system ({space.FileSystem}), which was allowed.",
                "Make sure that no other machine serves it: the lock does not reach there.");
        }
        else if (space.IsNetwork)
        {
            report.Problem($"The folder is on a network file system ({space.FileSystem}): its locks and syncs cannot be trusted.", Move);
        }
        else if (space.FileSystem == "tmpfs")
        {
            report.Problem("The folder is in memory (tmpfs): everything is gone when the machine stops.", Move);
        }
        else if (space.FileSystem == "overlay")
        {
            report.Note(
                "The folder is on an overlay, such as a container's own file system.",
                "Unless it is meant to end with the container, mount a volume there.");
        }
    }

    private static void LookAtSpace(Patient patient, DiskSpace space, DoctorReport report)
    {
        long reserve = FolderInspection.ReserveBytes(patient.Options.Site);
        if (space.FreeBytes <= reserve)
        {
            report.Problem(
                $"{Human.Bytes(space.FreeBytes)} are free, no more than the reserve of {Human.Bytes(reserve)}: "
                + "writes are refused, deletes and reads go on.",
                "Make room: delete and purge datasets and run `hutch gc`, enlarge the disk, or lower 'site.segments.reserveBytes'.");
        }
        else if (space.FreeBytes - reserve < space.TotalBytes * LittleSpace)
        {
            report.Problem(
                $"Only {Human.Bytes(space.FreeBytes)} of {Human.Bytes(space.TotalBytes)} are free; "
                + $"at {Human.Bytes(reserve)} writes are refused.",
                "Make room, or enlarge the disk, before that.");
        }

        if (space.FreeFiles is < FewFiles and var files)
        {
            report.Problem(
                $"The file system has room for {files} more files.",
                "Remove files that nobody needs; Hutch itself needs about one for each gigabyte.");
        }
    }

    private static void LookAtMount(MountFacts mount, DoctorReport report)
    {
        if (mount.Options.Contains("ro"))
        {
            report.Problem(
                $"The file system at {mount.Point} is mounted read-only.",
                "Perhaps the kernel found damage: look at `dmesg`. Repair it, then mount it for writing.");
        }

        if (mount.Options.Contains("nobarrier") || mount.Options.Contains("barrier=0"))
        {
            report.Problem(
                $"The file system at {mount.Point} is mounted without write barriers: after a power cut, what was answered may be lost.",
                $"mount -o remount,barrier=1 {mount.Point}, and take the option out of /etc/fstab.");
        }
    }
}
