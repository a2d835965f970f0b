using Hutch.Cli.Output;
using Hutch.Disk;

namespace Hutch.Cli.Doctor;

/// <summary>Whether the clock can be right: embargoes, tokens and retention go by it.</summary>
internal static class ClockCheck
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    internal static void Look(Patient patient, DoctorReport report)
    {
        DateTimeOffset now = patient.Host.Time.GetUtcNow();
        DateTimeOffset newest = patient.Disk.ListFiles(patient.Folder)
            .Select(name => FileFacts.Of(patient.File(name))?.Modified ?? default)
            .DefaultIfEmpty()
            .Max();
        if (newest > now + Slack)
        {
            report.Problem(
                $"It is {Human.Time(now)} by this machine, and a file of the data folder was written at {Human.Time(newest)}: "
                + "the clock was put back, or it was wrong before.",
                "Set the clock by NTP (`timedatectl set-ntp true`). "
                + "What ends by the clock, such as tokens and embargoes, ends late otherwise.");
        }

        if (SystemClock.IsSynchronised() == false)
        {
            report.Note(
                "Nothing keeps this machine's clock right, as far as its kernel knows.",
                "`timedatectl set-ntp true`, or install chrony; in a container, on the machine around it.");
        }
    }
}
