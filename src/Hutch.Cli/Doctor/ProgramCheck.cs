using Hutch.Datasets.Inspection;
using Hutch.Programs;

namespace Hutch.Cli.Doctor;

/// <summary>
/// Looks at the disk of programs. Whether their sandbox works is a question to the server, whose warnings say so: a shell may be allowed
/// more, or less.
/// </summary>
internal static class ProgramCheck
{
    internal static void Run(Installation installation, DoctorReport report)
    {
        ProgramOptions programs = installation.Options.Programs;
        if (programs.Folder is null)
        {
            return;
        }

        string scratch = programs.Scratch ?? Path.Combine(installation.Folder, "programs-scratch");
        if (ScratchDisk.IsShared(installation.Folder, scratch))
        {
            long free = ScratchDisk.KeepFreeBytes(installation.Folder, scratch, FolderInspection.ReserveBytes(installation.Options.Site));
            report.Record(
                $"Programs have their inputs and results on the disk of the records, '{scratch}'. They leave {Display.Bytes(free)} free, "
                + "and are ended before that is used up.",
                "Put 'programs.scratch' on another disk, so that they have more room and slow nothing down.");
        }
    }
}
