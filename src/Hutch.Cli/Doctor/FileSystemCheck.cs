using Hutch.Datasets.Inspection;

namespace Hutch.Cli.Doctor;

/// <summary>Checks the file system of the data folder: its guarantees and its free space.</summary>
internal static class FileSystemCheck
{
    private const long FewFiles = 1000;
    private const double LittleSpace = 0.05;

    internal static void Run(Installation installation, DoctorReport report)
    {
        DiskSpace space = installation.Disk.Space(installation.Folder);
        CheckKind(installation, space, report);
        CheckSpace(installation, space, report);
        if (MountFacts.Read(installation.Folder) is { } mount)
        {
            CheckMount(mount, report);
        }
    }

    private static void CheckKind(Installation installation, DiskSpace space, DoctorReport report)
    {
        const string Move = "Move the data folder to a local disk: stop the server, copy the folder with `cp -a` and set 'server.data'.";
        if (space.IsNetwork && installation.Options.Server.AllowNetworkFileSystem)
        {
            report.Record(
                $"The folder is on a network file system ({space.FileSystem}), as the configuration allows.",
                "Make sure that no other machine serves it: the lock does not reach that far.");
        }
        else if (space.IsNetwork)
        {
            report.Problem($"The folder is on a network file system ({space.FileSystem}): its locks and syncs are not reliable.", Move);
        }
        else if (space.FileSystem == "tmpfs")
        {
            report.Problem("The folder is in memory (tmpfs): all data is lost when the machine stops.", Move);
        }
        else if (space.FileSystem == "overlay")
        {
            report.Record(
                "The folder is on an overlay, such as the writable layer of a container.",
                "Mount a volume there, unless the data may be deleted with the container.");
        }
    }

    private static void CheckSpace(Installation installation, DiskSpace space, DoctorReport report)
    {
        long reserve = FolderInspection.ReserveBytes(installation.Options.Site);
        if (space.FreeBytes <= reserve)
        {
            report.Problem(
                $"{Display.Bytes(space.FreeBytes)} are free, below the reserve of {Display.Bytes(reserve)}: "
                + "writes are refused, reads and deletes still work.",
                "Free space: purge datasets and run `hutch gc`, enlarge the disk, or lower 'site.segments.reserveBytes'.");
        }
        else if (space.FreeBytes - reserve < space.TotalBytes * LittleSpace)
        {
            report.Problem(
                $"Only {Display.Bytes(space.FreeBytes)} of {Display.Bytes(space.TotalBytes)} are free; "
                + $"below {Display.Bytes(reserve)}, writes are refused.",
                "Free space, or enlarge the disk, before then.");
        }

        if (space.FreeFiles is < FewFiles and var files)
        {
            report.Problem(
                $"The file system has only {files} free inodes.",
                "Delete unneeded files; Hutch itself needs about one inode per gigabyte.");
        }
    }

    private static void CheckMount(MountFacts mount, DoctorReport report)
    {
        if (mount.Options.Contains("ro"))
        {
            report.Problem(
                $"The file system at {mount.Point} is mounted read-only.",
                "The kernel may have found errors: check `dmesg`, repair the file system and remount it read-write.");
        }

        if (mount.Options.Contains("nobarrier") || mount.Options.Contains("barrier=0"))
        {
            report.Problem(
                $"The file system at {mount.Point} is mounted without write barriers: a power failure can lose acknowledged writes.",
                $"Run `mount -o remount,barrier=1 {mount.Point}`, and remove the option from /etc/fstab.");
        }
    }
}
